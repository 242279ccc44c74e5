import { synthesise } from '../../agent/planner/synthesise.ts'
import { recordOf, workOf } from '../../core/state.ts'
import { type At, events, type StageEnd } from './at.ts'
import { changeInWords } from './change-words.ts'
import { handOffsOf } from './run-parts.ts'

const MOST_DIFF = 60_000

/** Puts the change as a whole into words, from what was handed off and from what git holds. */
export async function describeChange({ session, planning, input, speaker, signal }: At): Promise<StageEnd> {
  const work = workOf(session.state)
  if (work === null) throw new Error('there is no change to describe')
  const { start, tip } = work.trunk
  const handOffs = handOffsOf(work)
  const described = await synthesise(
    {
      speaker,
      model: planning.settings.plan_model,
      input,
      plan: work.plan,
      landed: work.plan.tasks
        .filter(({ id }) => recordOf(work, id).state.status === 'landed')
        .map((task) => ({ task, handOff: handOffs.get(task.id) ?? null })),
      diffStat: (await session.repo.changes(start, tip)).map(({ status, path }) => `${status} ${path}`).join('\n'),
      diff: await changeInWords(session.repo, { from: start, to: tip }, MOST_DIFF),
      resolutions: work.plan.tasks.map(({ id }) => id).filter((id) => recordOf(work, id).conflicts > 0),
    },
    signal,
  )
  if (!described.ok) return described
  const { title, body, contradictions } = described
  return events({ type: 'change_described', title, body, contradictions })
}
