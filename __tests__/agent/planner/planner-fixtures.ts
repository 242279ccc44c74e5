import { type MeteredModel, openBudget } from '../../../src/agent/loop/metered-model.ts'
import type { PlannedTask } from '../../../src/agent/planner/plan-schema.ts'
import type { PlannerInput } from '../../../src/agent/planner/planner-input.ts'
import { unknownBase } from '../../../src/core/plan/known-base.ts'
import { type Exploration, noOptions } from '../../../src/core/plan/planning.ts'
import { defaultSettings } from '../../../src/core/settings.ts'
import { schemasProblem } from '../../../src/model-double/validate/schema.ts'
import { type Model, type ModelRequest, textOfBlocks } from '../../../src/ports/model.ts'
import { memorySources } from '../../support/memory/files.ts'
import { shaOf } from '../../support/run.ts'

export const NONCE = 'n0nce'

export const input = (overrides: Partial<PlannerInput> = {}): PlannerInput => ({
  issue: { number: 42, title: 'Retry failed requests', body: 'Requests fail now and then. Retry them.' },
  comments: ['Please keep it small.'],
  words: 'no new dependency',
  options: noOptions,
  settings: defaultSettings,
  base: shaOf('base'),
  nonce: NONCE,
  known: unknownBase,
  instructions: { files: [{ path: 'AGENTS.md', folder: '', text: 'Tests beside the code.' }], leftOut: [] },
  ...overrides,
})

const PRICE = { input: 1, output: 1, cache_read: 1, cache_write: 1 }

/** One dollar a million tokens. */
export const metered = (model: Model, usd = 100): MeteredModel => ({
  model,
  budget: openBudget(usd, () => PRICE),
  role: 'plan',
})

export const neverAborted = new AbortController().signal

export const exploration: Exploration = {
  area: 'the repository',
  summary: 'A small client.',
  findings: [{ path: 'src/http.ts', symbols: ['send(request)'], note: 'sends one request' }],
  conventions: ['no classes'],
  commands: ['npm test'],
  unknowns: [],
}

/** The files of a base, which few tests look at. */
export const sources = memorySources({
  files: new Map([['src/http.ts', 'export const send = (request: Request): Promise<Response> => fetch(request)\n']]),
})

/** A task as a model writes it. */
export const written = (id: string, overrides: Partial<PlannedTask> = {}): PlannedTask => ({
  id,
  title: `Task ${id}`,
  goal: `Do "${id}" {thoroughly}`,
  context: '',
  needs: [],
  writes: [`${id}/**`],
  reads: [],
  acceptance: { argv: ['npm', 'test'], expect: 'all pass' },
  steps: ['first', 'then [second]'],
  expected_outcome: '',
  interface: '',
  out_of_scope: '',
  risk: '',
  size: 'medium',
  model_tier: 'default',
  commands: [],
  kind: 'code',
  ...overrides,
})

export const writtenHead = {
  title: 'Retry requests',
  summary: 'Requests are retried.',
  context: 'One client, “send”.',
  approach: 'A wrapper.\nWith back-off.',
  assumptions: ['five tries'],
  questions: [] as { id: string; question: string; options: string[]; default: string }[],
  non_goals: [],
  critical_files: ['README.md'],
  verification: [{ argv: ['npm', 'test'] }],
}

export const writtenPlan = (tasks: readonly PlannedTask[], head: Partial<typeof writtenHead> = {}): string =>
  JSON.stringify({ ...writtenHead, ...head, tasks }, null, 1)

/** System and messages of a request, as one text. */
export const promptText = ({ system, turns }: ModelRequest): string =>
  [...system.map(({ text }) => text), ...turns.map(({ blocks }) => textOfBlocks(blocks))].join('\n')

/** Why the API would reject the schema of a request; null: it would not. */
export const schemaRefusal = ({ schema }: ModelRequest): string | null =>
  schemasProblem({ output_config: { format: { type: 'json_schema', schema } } } as never)
