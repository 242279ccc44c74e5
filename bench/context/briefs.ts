import { quotesFor } from '../../src/agent/prompts/quote.ts'
import { emptyContext, workerOpening, workerSystem } from '../../src/agent/prompts/worker-prompt.ts'
import type { RunEvent } from '../../src/core/run/event.ts'
import { replayOn } from '../../src/core/run/evolve.ts'
import { handOffOf, type WorkSummary } from '../../src/core/run/hand-off.ts'
import { taskOf } from '../../src/core/run/lookup.ts'
import type { ActiveRun } from '../../src/core/run/state.ts'
import { briefOf } from '../../src/core/schedule/brief.ts'
import type { Member } from '../graphs/corpus.ts'
import { approvedAt, live, settingsFor } from '../machine/approved-run.ts'
import { integer, type Random, randomOf, seedOf } from '../random.ts'

const AT = '2026-01-01T00:00:00.000Z'
export const CHARACTERS_PER_TOKEN = 4

export interface Told {
  member: Member
  lavish: number
  /** How many of the run's tasks had landed before. */
  before: number
  parents: number
  planted: number
  recalled: number
  tokens: number
}

/**
 * Lands every task in the plan's order and reads the next task's prompt as its agent would. The events are written here;
 * shipped code makes the hand-off, the brief and the prompt from them.
 */
export function tell(member: Member, lavish: number): Told[] {
  const { plan } = member.workload
  const random = randomOf(seedOf('facts', member.key))
  const agents = { ...plan, tasks: plan.tasks.map((task) => ({ ...task, run: [] })) }
  let run = atWork(approvedAt(agents, settingsFor(4, 1e9), AT).state)
  const facts = new Map<string, string[]>()
  return plan.tasks.map(({ id }, index) => {
    run = after(run, started(id, index))
    const told = toldTo(run, id, facts)
    const planted = saidOf(id, random, lavish)
    facts.set(id, planted.facts)
    run = after(run, landed(id, index, planted.said))
    return { member, lavish, before: index, ...told }
  })
}

function atWork(state: ReturnType<typeof live>): ActiveRun {
  if (state.phase !== 'active') throw new Error('the run is not at work')
  return state
}

const after = (run: ActiveRun, events: readonly RunEvent[]): ActiveRun => atWork(live(replayOn(run, events)))

function toldTo(run: ActiveRun, id: string, facts: ReadonlyMap<string, string[]>) {
  const brief = briefOf(run, id)
  const quotes = quotesFor(brief)
  const text = [
    ...workerSystem(brief, emptyContext, quotes, 'sandboxed').map((one) => one.text),
    workerOpening(brief, emptyContext, { tools: 'sandboxed', commands: [], hosts: [], minutes: 30, turns: 60 }, quotes),
  ].join('\n')
  const { needs } = taskOf(run.work, id)
  const wanted = needs.flatMap((need) => facts.get(need) ?? [])
  return {
    parents: needs.length,
    planted: wanted.length,
    recalled: wanted.filter((fact) => text.includes(fact)).length,
    tokens: text.length / CHARACTERS_PER_TOKEN,
  }
}

const shaOf = (index: number, kind: string) => `${kind}${index}`.padEnd(40, '0')
const stamp = { at: AT, by: 'tributary' }

const started = (task: string, index: number): RunEvent[] => [
  { type: 'task_queued', ...stamp, task, attempt: 1, base: shaOf(index, 'b') },
  { type: 'task_started', ...stamp, task, attempt: 1, slot: 'r1.1' },
]

function landed(task: string, index: number, words: WorkSummary): RunEvent[] {
  const handOff = handOffOf(words, { files: [`${task}/done.txt`], check: 'passed' })
  const report = {
    workSeconds: 1,
    acceptanceSeconds: 1,
    acceptanceLog: '',
    summary: words.did,
    sandbox: 'off',
    handOff,
  }
  return [
    { type: 'task_verified', ...stamp, task, attempt: 1, head: shaOf(index, 'c'), tree: shaOf(index, 'd'), report },
    { type: 'task_landed', ...stamp, task, attempt: 1 },
  ]
}

/**
 * An agent's summary, with a few facts, mostly a handful, that cannot be guessed. `lavish`: how likely it is that it
 * says more than it is asked for: up to 16 interfaces instead of 12, and 10 decisions instead of 8.
 */
export function saidOf(task: string, random: Random, lavish: number): { said: WorkSummary; facts: string[] } {
  const facts: string[] = []
  const list = (kind: string, most: number) =>
    Array.from({ length: integer(random, most + 1) }, (_, index) => {
      const fact = `${kind}_${task.replaceAll(/[^a-z0-9]/g, '')}_${index}_${integer(random, 1e9)}`
      facts.push(fact)
      return `${'it holds that '.repeat(integer(random, 20))}\`${fact}\` is what to use`
    })
  const many = random() < lavish
  const said = {
    did: `Did ${task}.`,
    interfaces: list('interface', many ? 16 : 6),
    decisions: list('decision', many ? 10 : 4),
    caveats: list('caveat', 3),
    follow_ups: list('follow', 2),
  }
  return { said, facts }
}
