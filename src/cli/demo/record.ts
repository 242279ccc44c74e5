import { execFile } from 'node:child_process'
import { cp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import type { Task } from '../../core/plan/plan.ts'

const execute = promisify(execFile)

const callSchema = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('edit'),
    input: z.strictObject({
      path: z.string(),
      edits: z.array(z.strictObject({ old: z.string(), new: z.string() })),
    }),
  }),
  z.strictObject({ name: z.literal('write'), input: z.strictObject({ path: z.string(), text: z.string() }) }),
])
export type DemoCall = z.infer<typeof callSchema>

/** Replaces `tools/step.mjs`: does the same, and prints each change as a tool call of an agent. */
const RECORDER = `
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
const tell = (name, input) => console.log(JSON.stringify({ name, input }))
export function replace(path, from, to) {
  const text = readFileSync(path, 'utf8')
  tell('edit', { path, edits: [{ old: from, new: to }] })
  writeFileSync(path, text.replace(from, () => to))
}
export function create(path, text) {
  tell('write', { path, text })
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
export function append(path, more) {
  const text = readFileSync(path, 'utf8')
  let old = text.slice(text.trimEnd().lastIndexOf('\\n') + 1)
  while (text.split(old).length > 2) old = text.slice(text.length - 2 * old.length)
  replace(path, old, old + more)
}
export const think = async () => {}
`

/**
 * The changes of the demo's steps, task by task, as tool calls of an agent. Needs come first in the plan.
 * `folder` must be new, and is deleted afterwards.
 */
export async function recordSteps(
  template: string,
  folder: string,
  tasks: readonly Task[],
): Promise<ReadonlyMap<string, DemoCall[]>> {
  try {
    await cp(template, folder, { recursive: true })
    await writeFile(join(folder, 'tools', 'step.mjs'), RECORDER)
    const calls = new Map<string, DemoCall[]>()
    for (const { id, run } of tasks) if (run.length > 0) calls.set(id, await record(folder, run))
    return calls
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function record(cwd: string, [program = '', ...words]: readonly string[]): Promise<DemoCall[]> {
  const node = program === 'node' ? process.execPath : program
  const { stdout } = await execute(node, words, { cwd, encoding: 'utf8' })
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => callSchema.parse(JSON.parse(line)))
}
