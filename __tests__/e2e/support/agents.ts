import { json, tools } from '../../../src/model-double/answer.ts'
import type { ParsedRequest } from '../../../src/model-double/request.ts'
import { type Reply, type Rule, type Say, scripted } from '../../../src/model-double/script.ts'
import { type ModelServer, startModelServer } from '../../../src/model-double/server.ts'
import { MODEL_KEY, schemaCheck } from '../../support/model.ts'
import { graphOf } from '../../support/plan.ts'
import { startWorld, type World, type WorldOptions } from './world.ts'

export interface PlannedTask {
  title?: string
  goal?: string
  writes?: string[]
  acceptance?: string[]
  commands?: string[][]
  size?: 'small' | 'medium' | 'large'
  model_tier?: 'cheap' | 'default' | 'strong'
  interface?: string
  context?: string
  kind?: 'code' | 'plan' | 'gate' | 'verify'
}

/** What a model answers that plans: each task of the graph writes `<id>/done.txt`, and checks its needs' files. */
export function planned(graph: string, tasks: Record<string, PlannedTask> = {}, head: object = {}) {
  const nodes = graphOf(graph)
  const coded = nodes.map(({ id }) => id).filter((id) => (tasks[id]?.kind ?? 'code') === 'code')
  return {
    title: 'A plan of a model',
    summary: 'It does what was asked.',
    context: '',
    approach: 'One file a task.',
    assumptions: [],
    questions: [],
    non_goals: [],
    critical_files: ['README.md'],
    verification: [{ argv: ['sh', 'tools/check.sh', ...coded] }],
    ...head,
    tasks: nodes.map(({ id, needs }) => plannedTask(id, needs, coded, tasks[id] ?? {})),
  }
}

export function plannedTask(id: string, needs: string[], coded: readonly string[], task: PlannedTask) {
  const { acceptance, kind = 'code', ...own } = task
  const works = kind === 'code' || kind === 'verify'
  const argv = acceptance ?? (works ? ['sh', 'tools/check.sh', id, ...needs.filter((one) => coded.includes(one))] : [])
  return {
    id,
    title: `Task ${id}`,
    goal: `Write ${id}/done.txt.`,
    context: '',
    needs,
    writes: kind === 'code' ? [`${id}/**`] : [],
    reads: [],
    acceptance: { argv, expect: '' },
    steps: [],
    expected_outcome: '',
    interface: '',
    out_of_scope: '',
    risk: '',
    size: 'medium',
    model_tier: 'default',
    commands: [],
    kind,
    ...own,
  }
}

/** The task that a worker's prompt is about; null for any other request. */
export const taskOf = ({ firstText, toolNames }: ParsedRequest): string | null =>
  toolNames.includes('edit') ? (/^# Your task: ([a-z0-9-]+) /m.exec(firstText)?.[1] ?? null) : null

export const asksFor =
  (field: string) =>
  ({ schema }: ParsedRequest): boolean =>
    JSON.stringify(schema ?? null).includes(`"${field}":{`)

export const finish = (did = 'It is done.', outcome: 'done' | 'cannot' = 'done', interfaces: readonly string[] = []) =>
  tools([{ name: 'finish', input: { outcome, did, interfaces, decisions: [], caveats: [], follow_ups: [] } }])

export const create = (path: string, text: string) => ({ name: 'write', input: { path, text } })
export const edit = (path: string, old: string, by: string) => ({
  name: 'edit',
  input: { path, edits: [{ old, new: by }] },
})
export const bash = (command: string) => ({ name: 'bash', input: { command, seconds: null } })
export const runs = (...argv: string[]) => ({ name: 'run', input: { argv } })
/** With the tool that runs commands here: without a sandbox only those of the plan may be run. */
export const checks = ({ toolNames }: ParsedRequest, ...argv: string[]) =>
  toolNames.includes('bash') ? bash(argv.join(' ')) : runs(...argv)
export const views = (path: string) => ({ name: 'view', input: { path, from: null, to: null } })

/** Writes the task's file, and finishes. */
export const honest: Say = (request) => {
  const id = taskOf(request) ?? ''
  return request.turns === 0 ? tools([create(`${id}/done.txt`, `done by ${id}\n`)]) : finish(`Wrote ${id}/done.txt.`)
}

/** One reply after another of the same conversation; the last one stays. */
export const inTurns =
  (...replies: readonly [Reply, ...Reply[]]): Say =>
  ({ turns }) =>
    replies[Math.min(turns, replies.length - 1)] ?? replies[0]

export const whenTask = (id: string, say: Reply | Say): Rule => ({ when: (request) => taskOf(request) === id, say })

const explored = { summary: 'A small repository.', findings: [], conventions: [], commands: [], unknowns: [] }

/** What a model says where a test does not say otherwise. The rules that come first win. */
export const usual = (plan: object): Rule[] => [
  { when: asksFor('tasks'), say: json(plan) },
  { when: asksFor('accepted'), say: json({ accepted: true, problems: [] }) },
  {
    when: asksFor('contradictions'),
    say: json({ title: 'All of it is done', body: 'One change, made by several.', contradictions: [] }),
  },
  { when: asksFor('briefs'), say: json({ findings: [], verdict: 'accept', briefs: [] }) },
  { when: (request) => taskOf(request) !== null, say: honest },
  { when: ({ toolNames }) => toolNames.includes('finish'), say: tools([{ name: 'finish', input: explored }]) },
]

/** A world whose workflow has a key for a scripted model. What the script may not say fails the test that asks `sane`. */
export async function startAgentWorld(
  rules: readonly Rule[],
  { hub, ...options }: WorldOptions = {},
): Promise<{ world: World; model: ModelServer; sane(): object; close(): Promise<void> }> {
  const model = await startModelServer({ apiKey: MODEL_KEY, check: schemaCheck, script: scripted({ rules }) })
  const world = await startWorld({
    ...options,
    hub: {
      secrets: { ANTHROPIC_API_KEY: MODEL_KEY },
      variables: { ANTHROPIC_BASE_URL: model.url },
      ...hub,
    },
  })
  return {
    world,
    model,
    sane: () => ({ unmatched: model.unmatched, mistakes: model.mistakes }),
    close: async () => {
      await world.close()
      await model.close()
    },
  }
}
