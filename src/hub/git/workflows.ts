import { parse } from 'yaml'
import { z } from 'zod'
import { Refusal } from '../refusal.ts'
import type { WorkflowRecord } from '../store/document.ts'
import type { World } from '../world.ts'
import { usesTributary, workflowsToRun } from './built-in-workflow.ts'

const FOLDER = '.github/workflows'

const input = z.looseObject({
  required: z.boolean().default(false),
  type: z.string().default('string'),
  default: z.unknown().optional(),
  options: z.array(z.union([z.string(), z.number().transform(String)])).default([]),
})
export type DispatchInput = z.infer<typeof input>
const dispatch = z.looseObject({
  inputs: z
    .record(
      z.string(),
      input.nullable().transform((one) => one ?? input.parse({})),
    )
    .nullish(),
})
const file = z.looseObject({ name: z.string().optional(), on: z.unknown().optional() })

export interface WorkflowFile {
  name: string
  /** Null: the file has no `workflow_dispatch`. Throws if its inputs are invalid. */
  inputs(): Readonly<Record<string, DispatchInput>> | null
}

/** The workflow file at that commit; null if it is missing or no YAML mapping. */
export async function readWorkflow(world: World, commit: string, path: string): Promise<WorkflowFile | null> {
  const text = await textOf(world, commit, path)
  if (text === undefined) return null
  const parsed = file.safeParse(parseYaml(text))
  return parsed.success ? { name: parsed.data.name ?? path, inputs: () => dispatchInputs(path, parsed.data.on) } : null
}

async function textOf({ git, builtInWorkflow: builtIn }: World, commit: string, path: string) {
  const text = (await git.blob(`${commit}:${path}`))?.toString('utf8')
  return path === builtIn?.path && !usesTributary(text ?? '') ? builtIn.text : text
}

function dispatchInputs(path: string, on: unknown): Readonly<Record<string, DispatchInput>> | null {
  const names = typeof on === 'string' ? [on] : Array.isArray(on) ? on : Object.keys(on ?? {})
  if (!names.includes('workflow_dispatch')) return null
  const events = z.record(z.string(), z.unknown()).safeParse(on)
  const own = dispatch.safeParse(events.success ? (events.data.workflow_dispatch ?? {}) : {})
  if (own.success) return own.data.inputs ?? {}
  throw new Refusal(422, `failed to parse workflow: (${path}): ${own.error.issues[0]?.message}`)
}

function parseYaml(text: string): unknown {
  try {
    return parse(text)
  } catch {
    return null
  }
}

/** The default branch's workflow files, each with the id it got when it was first seen. */
export async function listWorkflows(world: World): Promise<WorkflowRecord[]> {
  const branch = `refs/heads/${world.store.doc.defaultBranch}`
  const listed = await world.git.run(['ls-tree', '--name-only', branch, `${FOLDER}/`])
  const paths = listed.stdout
    .toString('utf8')
    .split('\n')
    .filter((path) => /\.ya?ml$/.test(path))
  const runnable = world.builtInWorkflow === undefined ? paths : await ofTributary(world, branch, paths)
  return runnable.map((path) => workflowAt(world, path))
}

async function ofTributary({ git, builtInWorkflow }: World, commit: string, paths: readonly string[]) {
  const contents = await Promise.all(paths.map(async (path) => (await git.blob(`${commit}:${path}`))?.toString('utf8')))
  const files = paths.map((path, index) => ({ path, content: contents[index] ?? '' }))
  return workflowsToRun(files, builtInWorkflow).map(({ path }) => path)
}

export function workflowAt(world: World, path: string): WorkflowRecord {
  const { workflows } = world.store.doc
  const known = workflows.find((workflow) => workflow.path === path)
  if (known !== undefined) return known
  const workflow = { id: world.store.nextId(), path, createdAt: world.now() }
  workflows.push(workflow)
  world.store.changed()
  return workflow
}
