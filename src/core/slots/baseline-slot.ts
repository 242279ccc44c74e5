import type { NewEvent } from '../run/event.ts'
import type { ProposedRun } from '../run/state.ts'
import { awaitsBaseline } from '../schedule/baseline.ts'
import { type SlotJobs, slotNames } from './slot-jobs.ts'
import { nextRequest } from './slot-requests.ts'

/** Minutes for one check on the base. */
export const CHECK_MINUTES = 5
/** Minutes for all of them. */
export const BASELINE_MINUTES = 15
/** Minutes until a slot has to be there, after which the plan is shown without. */
const SLOT_MINUTES = 5
/** Minutes that a slot may take beside the checks, for its set-up among others. */
const SET_UP_MINUTES = 10

/** The next step towards the baseline of a proposed plan. It gets one slot and one try: its plan can be approved without. */
export function nextForBaseline(run: ProposedRun, jobs: SlotJobs, now: Date): NewEvent | null {
  if (!awaitsBaseline(run)) return null
  const { version, baseline, proposedAt } = run.work
  const minutes = (now.getTime() - Date.parse(baseline?.since ?? proposedAt)) / 60_000
  const givenUp = (why: string): NewEvent => ({ type: 'baseline_given_up', version, why })
  if (baseline?.status === 'in_progress') {
    const job = jobs.get(baseline.slot)
    if (job?.status === 'completed') return givenUp(`its slot ended before it was done${because(job.error)}`)
    return minutes > BASELINE_MINUTES + SET_UP_MINUTES ? givenUp('its slot takes too long') : null
  }
  const asked = Object.entries(run.slots).findLast(([, { at }]) => at >= proposedAt)
  if (asked === undefined) return { type: 'slots_requested', request: nextRequest(run), count: 1, workflowRun: null }
  const [request, { gone, failure }] = asked
  const [slot = ''] = slotNames(request, 1)
  const job = jobs.get(slot)
  if (gone || job?.status === 'completed')
    return givenUp(`no slot could be started for it${because((failure ?? job?.setUp)?.words)}`)
  if (job?.status === 'in_progress') return { type: 'baseline_started', version, slot }
  return minutes > SLOT_MINUTES ? givenUp(`no slot came within ${SLOT_MINUTES} minutes`) : null
}

const because = (words: string | undefined): string => (words === undefined || words === '' ? '' : `: ${words}`)
