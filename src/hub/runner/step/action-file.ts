import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Tree } from '../workflow/tree.ts'
import { StepFailure } from './child.ts'

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String)

const schema = z.object({
  name: z.string().default(''),
  inputs: z.record(z.string(), z.object({ default: scalar.optional() }).nullable()).nullish(),
  runs: z.object({
    using: z.string(),
    main: z.string().optional(),
    pre: z.string().optional(),
    post: z.string().optional(),
    'post-if': z.string().optional(),
  }),
})

/** The parts of an action's `action.yml` that the hub reads. */
export interface ActionFile {
  readonly folder: string
  readonly main: string
  readonly post: string | undefined
  readonly postIf: string
  /** Default of every input that has one; an expression if it contains `${{ }}`. */
  readonly defaults: ReadonlyMap<string, Tree>
  readonly inputs: ReadonlySet<string>
}

export function readAction(folder: string, named: string): ActionFile {
  const parsed = schema.safeParse(parse(actionText(folder, named)))
  if (!parsed.success) throw new StepFailure(`${named}: action.yml is not valid: ${z.prettifyError(parsed.error)}`)
  const { runs, inputs } = parsed.data
  if (!/^node\d+$/.test(runs.using) || runs.main === undefined) {
    throw new StepFailure(`${named} is a '${runs.using}' action; the hub runs JavaScript actions only.`)
  }
  if (runs.pre !== undefined) throw new StepFailure(`${named} declares 'pre', which the hub does not provide.`)
  const defaults = Object.entries(inputs ?? {}).flatMap(([name, input]): [string, Tree][] =>
    input?.default === undefined ? [] : [[name, templateOf(input.default)]],
  )
  return {
    folder,
    main: join(folder, runs.main),
    post: runs.post === undefined ? undefined : join(folder, runs.post),
    postIf: runs['post-if'] ?? 'always()',
    defaults: new Map(defaults),
    inputs: new Set(Object.keys(inputs ?? {})),
  }
}

function actionText(folder: string, named: string): string {
  for (const name of ['action.yml', 'action.yaml']) {
    try {
      return readFileSync(join(folder, name), 'utf8')
    } catch {
      // Try the other file name.
    }
  }
  throw new StepFailure(`Can't find 'action.yml' or 'action.yaml' for ${named} under '${folder}'.`)
}

/** A text with `${{ }}` in it as one expression, as the workflow parser makes it. */
function templateOf(text: string): Tree {
  const parts = text.split(/\$\{\{(.*?)\}\}/s)
  if (parts.length === 1) return text
  if (parts.length === 3 && parts[0] === '' && parts[2] === '') return { expression: (parts[1] ?? '').trim() }
  const expressions = parts.filter((_, n) => n % 2 === 1)
  const format = parts.map((part, n) => (n % 2 === 1 ? `{${(n - 1) / 2}}` : part.replace(/[{}]/g, '$&$&'))).join('')
  return { expression: `format('${format.replaceAll("'", "''")}', ${expressions.join(', ')})` }
}
