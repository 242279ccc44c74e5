import { pathProblems } from '../../agent/planner/task-problems.ts'
import type { Problem } from '../../core/failure.ts'
import { lintPlan } from '../../core/lint.ts'
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
  const linted = lintPlan(plan, frozen.settings)
  const problems = [...linted.problems, ...outsidePaths(linted.plan, draft)]
  if (problems.length > 0) return refuse(session, draft, problems)
  const missing = plan.tasks.some(isAgentTask) ? whyNoAgent(session, frozen.settings) : null
  if (missing !== null) return refuse(session, draft, [problem('no-model', missing)])
  return propose(session, draft, { ...frozen, plan: linted.plan, notes: linted.notes, mode: frozen.settings.mode })
}

/** `/plan --paths` holds for every plan, whoever wrote it. */
const outsidePaths = ({ tasks }: Plan, { state }: Draft): Problem[] =>
  tasks.flatMap((task) =>
    pathProblems(task, state.options.paths).map((wrong) => ({
      code: 'bad-path' as const,
      task: task.id,
      field: 'writes',
      message: `As it is written, ${wrong} Narrow its globs, or ask for more paths.`,
    })),
  )

function whyNoAgent(session: Session, settings: Settings): string | null {
  if (settings.worker.command.length > 0) return null
  if (session.deps.model === null)
    return 'Tasks without `run` are worked on by an agent, and the workflow has no key: add the secret `ANTHROPIC_API_KEY`, or give each task a `run`.'
  const unpriced = modelWithoutPrice(settings)
  return unpriced === null ? null : withoutPrice(unpriced)
}
