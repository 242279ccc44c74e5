import { openBudget } from '../../src/agent/loop/metered-model.ts'
import type { TaskFailure } from '../../src/core/failure.ts'
import { priceOf } from '../../src/core/money/price.ts'
import { noUsage, usdOf } from '../../src/core/money/usage.ts'
import type { EventOf, RunEvent } from '../../src/core/run/event.ts'
import type { Report } from '../../src/core/run/report.ts'
import { defaultSettings } from '../../src/core/settings.ts'
import { slotNames } from '../../src/core/slots/slot-jobs.ts'
import type { ResultFile } from '../../src/core/slots/slot-result.ts'
import type { ResultArtifact, SlotJob, Slots } from '../../src/ports/slots.ts'
import { MINUTE, type VirtualClock } from './clock.ts'
import type { Costs, Workload } from './conditions.ts'
import type { WorkedRepo } from './repo.ts'

export const RUN = '42'

interface Slot {
  job: SlotJob
  workflowRun: number
  /** Milliseconds since when it has nothing to do; null: it is at work. */
  idleSince: number | null
}

/** Slots that do as the journal says: they work for as long as the workload says, and hand over what it says. */
export interface VirtualSlots {
  port: Slots
  bring(workflowRun: number, names: readonly string[]): void
  /** What was pushed; the slots read it. */
  read(events: readonly RunEvent[]): void
  /** Milliseconds at which each attempt's work began and ended. */
  spans: Span[]
}

export interface Span {
  task: string
  attempt: number
  slot: string
  from: number
  to: number
}

interface World {
  clock: VirtualClock
  repo: WorkedRepo
  workload: Workload
  costs: Costs
  /** Whether trunk at this commit passes its verification. */
  passes(on: string): boolean
}

const report: Report = {
  workSeconds: 1,
  acceptanceSeconds: 1,
  acceptanceLog: '',
  summary: '',
  sandbox: 'virtual',
}

export function virtualSlots({ clock, repo, workload, costs, passes }: World): VirtualSlots {
  const slots = new Map<string, Slot>()
  const results = new Map<string, { artifact: ResultArtifact; workflowRun: number; file: ResultFile }>()
  let artifacts = 0
  const bases = new Map<string, string>()
  const spans: Span[] = []

  function bring(workflowRun: number, names: readonly string[]) {
    for (const slot of names) {
      slots.set(slot, {
        job: { id: slots.size + 1, slot, status: 'queued', startedAt: null, leftInOrder: false, url: '' },
        workflowRun,
        idleSince: null,
      })
      clock.after(costs.startUp(slot) * 1000, () => {
        set(slot, 'in_progress')
        rest(slot)
      })
    }
  }

  function set(name: string, status: SlotJob['status']) {
    const slot = slots.get(name)
    if (slot !== undefined) slot.job = { ...slot.job, status, leftInOrder: status === 'completed' }
  }

  function rest(name: string) {
    const slot = slots.get(name)
    if (slot === undefined) return
    const since = clock.milliseconds()
    slot.idleSince = since
    if (costs.idle === Number.POSITIVE_INFINITY) return
    clock.after(costs.idle * 1000, () => {
      if (slot.idleSince === since) set(name, 'completed')
    })
  }

  /** Works, and hands over. `done` makes what is handed over. */
  function work(
    name: string,
    key: string,
    minutes: number,
    done: () => Pick<ResultFile, 'base' | 'outcome' | 'task' | 'attempt'>,
  ) {
    const slot = slots.get(name)
    if (slot === undefined) throw new Error(`no slot ${name}`)
    // The slot left before it read this event: the orchestrator sees that in the job list and gives the task back.
    if (slot.job.status === 'completed') return
    slot.idleSince = null
    const pickUp = costs.pickUp(key) * 1000
    const from = clock.milliseconds() + Math.round(pickUp)
    clock.after(pickUp + minutes * MINUTE, () => {
      const made = done()
      spans.push({ task: made.task, attempt: made.attempt, slot: name, from, to: clock.milliseconds() })
      clock.after(costs.handOver(key) * 1000, () => {
        const at = clock.now().toISOString()
        const file: ResultFile = { version: 1, run: RUN, slot: name, startedAt: at, endedAt: at, ...made }
        const { workflowRun } = slot
        artifacts += 1
        const artifact = { id: artifacts, workflowRun, run: RUN, task: made.task, attempt: made.attempt }
        results.set(key, { artifact, workflowRun, file })
        rest(name)
      })
    })
  }

  function startTask({ task, attempt, slot, allowance }: EventOf<'task_started'>) {
    const base = bases.get(task) ?? ''
    const { minutes, failure: own, usd = 0 } = workload.attempt(task, attempt)
    const { failure, report } = paid(own, usd, allowance)
    work(slot, `${task}-${attempt}`, minutes, () => {
      if (failure !== null)
        return { base, task, attempt, outcome: { kind: 'failed', failure, head: null, tree: null, report } }
      return { base, task, attempt, outcome: { kind: 'done', ...repo.work(base, task, attempt), report } }
    })
  }

  function startVerification({ on, attempt, slot }: EventOf<'verification_started'>) {
    const failure = { reason: 'verification-failed', on, exitCode: 1, log: '' } as const
    work(slot, `verify-${attempt}`, 0, () => ({
      base: on,
      task: 'verify',
      attempt,
      outcome: passes(on) ? { kind: 'verified', on, report } : { kind: 'verification-failed', on, failure, report },
    }))
  }

  function read(events: readonly RunEvent[]) {
    for (const event of events) {
      if (event.type === 'task_queued') bases.set(event.task, event.base)
      if (event.type === 'task_started') startTask(event)
      if (event.type === 'verification_started') startVerification(event)
      if (event.type === 'task_verified' || event.type === 'task_failed')
        results.delete(`${event.task}-${event.attempt}`)
      if (event.type === 'slots_requested' && event.workflowRun !== null)
        bring(event.workflowRun, slotNames(event.request, event.count))
    }
  }

  return {
    port: {
      jobs: async (workflowRun) =>
        [...slots.values()].filter((slot) => slot.workflowRun === workflowRun).map(({ job }) => job),
      ending: async () => null,
      checkpoints: async () => [],
      results: async (workflowRun) =>
        [...results.values()].filter((one) => one.workflowRun === workflowRun).map(({ artifact }) => artifact),
      download: async ({ task, attempt }) => ({
        result: JSON.stringify(results.get(`${task}-${attempt}`)?.file),
        bundle: 'work.bundle',
      }),
    },
    bring,
    read,
    spans,
  }
}

/** One call of an agent: what it is told, and the most that it may answer. */
const PROMPT = 6000
const ANSWER = 4000
const MODEL = defaultSettings.worker_model.default

/** An agent asks its model, call by call, until it has spent what it needs: the budget that ships says where its allowance ends. */
function paid(own: TaskFailure | null, usd: number, allowance: number | undefined) {
  if (allowance === undefined) return { failure: own, report }
  const price = priceOf(MODEL, defaultSettings)
  if (price === null) throw new Error(`the model ${MODEL} has no price`)
  const money = openBudget(allowance, () => price)
  const spent = () => usdOf(money.spending())
  while (spent() < usd) {
    const maxTokens = money.afford({ model: MODEL, maxTokens: ANSWER }, PROMPT)
    if (maxTokens === null) {
      const failure = { reason: 'allowance-spent', usd: allowance, detail: '' } as const
      return { failure, report: { ...report, spending: money.spending() } }
    }
    const asked = { model: MODEL, maxTokens }
    const output = Math.min(maxTokens, Math.ceil(((usd - spent()) / price.output) * 1_000_000))
    money.settle('work', asked, PROMPT, { usage: { ...noUsage, written: PROMPT, output }, unsure: false })
  }
  return { failure: own, report: { ...report, spending: money.spending() } }
}
