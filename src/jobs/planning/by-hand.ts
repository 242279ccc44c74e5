import { pathProblems } from '../../agent/planner/task-problems.ts'
import type { Problem } from '../../core/failure.ts'
import { type Linted, lintPlan } from '../../core/lint.ts'
import type { Plan } from '../../core/plan.ts'
import { modelWithoutPrice } from '../../core/price.ts'
import type { Settings } from '../../core/settings.ts'
import { isAgentTask } from '../../core/tier.ts'
import type { Draft } from '../draft.ts'
import type { Session } from '../session.ts'
import { type Frozen, propose } from './propose.ts'
import { problem, refuse, withoutPrice } from './refuse.ts'

/** A plan that a person wrote into the issue: linted, and proposed or refused with every problem named. */
export async function proposeByHand(session: Session, draft: Draft, plan: Plan, frozen: Frozen): Promise<Draft> {
  const { settings } = frozen
  const { problems, linted } = judgeByHand(plan, settings, draft.state.options.paths)
  if (problems.length > 0) return refuse(session, draft, problems)
  const missing = plan.tasks.some(isAgentTask) ? whyNoAgent(session.deps.model !== null, settings) : null
  if (missing !== null) return refuse(session, draft, [problem('no-model', missing)])
  return propose(session, draft, { ...frozen, plan: linted.plan, notes: linted.notes, mode: settings.mode })
}

/** Every rule that a plan by hand is held to, whether an issue or a terminal asks. */
export function judgeByHand(
  plan: Plan,
  settings: Settings,
  paths: readonly string[],
): { problems: Problem[]; linted: Linted } {
  const linted = lintPlan(plan, settings)
  return { problems: [...linted.problems, ...outsidePaths(linted.plan, paths)], linted }
}

/** `/plan --paths` holds for every plan, whoever wrote it. */
const outsidePaths = ({ tasks }: Plan, paths: readonly string[]): Problem[] =>
  tasks.flatMap((task) =>
    pathProblems(task, paths).map((wrong) => ({
      code: 'bad-path' as const,
      task: task.id,
      field: 'writes',
      message: `As it is written, ${wrong} Narrow its globs, or ask for more paths.`,
    })),
  )

/** Why no agent could work on a task without `run`; null: one could. */
export function whyNoAgent(hasModel: boolean, settings: Settings): string | null {
  if (settings.worker.command.length > 0) return null
  if (!hasModel)
    return 'Tasks without `run` are worked on by an agent, and the workflow has no key: add the secret `ANTHROPIC_API_KEY`, or give each task a `run`.'
  const unpriced = modelWithoutPrice(settings)
  return unpriced === null ? null : withoutPrice(unpriced)
}
