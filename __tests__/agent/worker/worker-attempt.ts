import { openBudget } from '../../../src/agent/loop/metered-model.ts'
import type { Quotes } from '../../../src/agent/prompts/quote.ts'
import { type AttemptContext, emptyContext } from '../../../src/agent/prompts/worker-prompt.ts'
import type { ToolContext } from '../../../src/agent/tools/tool-access.ts'
import type { Checker, CheckResult, WorkerDeps, WorkTreeState } from '../../../src/agent/worker/checker.ts'
import { transcript } from '../../../src/agent/worker/transcript.ts'
import { workOnTask } from '../../../src/agent/worker/work.ts'
import type { TaskFailure } from '../../../src/core/failure.ts'
import type { TaskId } from '../../../src/core/ids.ts'
import { recordOf } from '../../../src/core/run/lookup.ts'
import type { ActiveRun } from '../../../src/core/run/state.ts'
import { briefOf } from '../../../src/core/schedule/brief.ts'
import { manualClock } from '../../support/clock.ts'
import { memoryFiles } from '../../support/files.ts'
import type { PlanOverrides } from '../../support/plan.ts'
import { agentsAtWork, followed } from '../../support/planning.ts'
import { begun, shaOf } from '../../support/run.ts'
import { calls, type Said, saidModel } from '../../support/said-model.ts'
import { toolContext } from '../tools/tool-context.ts'

/** Fences that tests can read. */
export const plainQuotes: Quotes = {
  untrusted: (what, text) => `<untrusted ${what}>\n${text}\n</untrusted>`,
  person: (who, words) => `<words of ${who}>\n${words}\n</words>`,
  data: (what, text) => `<data ${what}>\n${text}\n</data>`,
}

export const finishes = (did = 'Added b', outcome: 'done' | 'cannot' = 'done'): Said =>
  calls([{ name: 'finish', input: { outcome, did, interfaces: [], decisions: [], caveats: [], follow_ups: [] } }])

export const edits = (by: string): Said => calls([{ name: 'write', input: { path: `src/${by}.ts`, text: by } }])

export const atWork = (graph = 'a', plan?: PlanOverrides, task = 'a'): ActiveRun => {
  const state: ActiveRun = agentsAtWork(graph, plan)
  return followed<ActiveRun>(state, ...begun(state, task))
}

export const notAccepted = (log: string): TaskFailure => ({ reason: 'acceptance-failed', exitCode: 1, log })

/** A checker that returns these verdicts in order, and counts its commits and checks. */
export function scriptedChecker(
  verdicts: readonly (TaskFailure | null)[],
): Checker & { commits: number; checks: number } {
  const workTree: WorkTreeState = {
    commit: { head: shaOf('head'), tree: shaOf('tree') },
    paths: ['src/b.ts'],
    putBack: [],
    failure: null,
  }
  const checker = {
    commits: 0,
    checks: 0,
    putBack: async () => [],
    async commit() {
      checker.commits += 1
      return workTree
    },
    async check(): Promise<CheckResult> {
      const failure = verdicts[checker.checks]
      checker.checks += 1
      if (failure === undefined) throw new Error(`check ${checker.checks} was not given a verdict`)
      return { failure, tree: shaOf('tree'), log: 'the log', seconds: 1 }
    },
  }
  return checker
}

const price = { input: 1, output: 1, cache_read: 1, cache_write: 1 }

interface Setting {
  state?: ActiveRun
  task?: TaskId
  verdicts?: readonly (TaskFailure | null)[]
  context?: Partial<ToolContext>
  turns?: number
  usd?: number
  attemptContext?: AttemptContext
}

/** An attempt with a model that gives these answers in order, in a work tree in memory. */
export function attempt(answers: readonly Said[], setting: Setting = {}) {
  const { state = atWork(), task = 'a', verdicts = [null], context = {}, turns = 60, usd = 100 } = setting
  const model = saidModel(answers)
  const checker = scriptedChecker(verdicts)
  const files = memoryFiles({ 'src/a.ts': 'a' })
  const controller = new AbortController()
  const clock = manualClock()
  let now = state
  const budget = openBudget(usd, () => price)
  const deps: WorkerDeps = {
    metered: { model, budget, role: 'work' },
    model: 'claude-sonnet-5-5',
    allowance: usd,
    context: toolContext({ files, ...context }),
    checker,
    clock,
    quotes: plainQuotes,
    limits: { turns, minutes: 30 },
    steers: () => recordOf(now.work, task).steers,
    transcript: transcript(
      (text) => text.replaceAll('secret', '***'),
      () => {},
    ),
  }
  return {
    model,
    checker,
    files,
    controller,
    deps,
    budget,
    /** Steers the task while the agent works. */
    steer: (words: string) => {
      now = followed<ActiveRun>(now, { type: 'task_steered', task, words, by: 'mona' })
    },
    start: () => workOnTask(deps, briefOf(state, task), setting.attemptContext ?? emptyContext, controller.signal),
  }
}
