import type { Brief } from '../../core/brief.ts'
import type { TaskFailure } from '../../core/failure.ts'
import type { TaskRecord } from '../../core/state.ts'
import { isSameFailure } from '../../core/tier.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Conversation, Conversed } from '../conversation.ts'
import { continueWith, converse } from '../loop.ts'
import type { Speaker } from '../talk.ts'
import { finishTool, workingTools } from '../toolbox.ts'
import type { WorkPlace } from '../work-place.ts'
import type { Bench, Checked, Kept } from './bench.ts'
import { failureOf } from './endings.ts'
import { feedback, putBackInWords, reminderOf } from './feedback.ts'
import { FINISH, type Finish, finishSchema } from './finish.ts'
import { type Findings, openingOf, systemOf } from './prompt.ts'
import type { Quotes } from './quotes.ts'
import type { Transcript } from './transcript.ts'

/** All that an agent is given to work on one task. */
export interface WorkerDeps {
  speaker: Speaker
  model: string
  /** US dollars that the attempt was given. */
  allowance: number
  place: WorkPlace
  bench: Bench
  clock: Pick<Clock, 'now'>
  quotes: Quotes
  limits: { turns: number; minutes: number }
  /** What people have said to the worker, as the journal is now. */
  steers(): TaskRecord['steers']
  transcript: Transcript
}

/** What an attempt came to. Whatever the ending, `kept` holds the work so far. */
export interface Worked {
  failure: TaskFailure | null
  kept: Kept
  checked: Checked | null
  said: Finish | null
  turns: number
}

/** Tokens of one answer: enough for the longest file that `create` takes. */
const MOST_ANSWER = 20_000
const REMIND_EVERY = 8
/** Times that work which was not accepted goes back to the agent. */
const ROUNDS = 2
const LONGEST_DIFF = 8_000

interface Course {
  talked: Conversed
  turns: number
  rounds: number
  last: TaskFailure | null
}

/** Lets an agent work until its work is accepted, or something ends it. The machine, not the agent, says what is accepted. */
export async function workOnTask(
  deps: WorkerDeps,
  brief: Brief,
  findings: Findings,
  signal: AbortSignal,
): Promise<Worked> {
  const heard = listener(deps, brief)
  const conversation = conversationOf(deps, { brief, findings, signal, heard })
  const talked = await converse(conversation)
  let course: Course = { talked, turns: talked.turnsUsed, rounds: 0, last: null }
  for (;;) {
    const next = await judge(deps, course, heard)
    if ('worked' in next) return next.worked
    const turns = deps.limits.turns - course.turns
    const words = [{ kind: 'text', text: next.words } as const]
    const again = await continueWith({ ...conversation, turns }, course.talked.thread, words)
    course = { ...next.course, talked: again, turns: course.turns + again.turnsUsed }
  }
}

interface Beginning {
  brief: Brief
  findings: Findings
  signal: AbortSignal
  heard: () => string | null
}

function conversationOf(deps: WorkerDeps, { brief, findings, signal, heard }: Beginning): Conversation {
  const { place, limits, quotes, speaker } = deps
  const opening = openingOf(brief, findings, { ...limits, commands: place.commands }, quotes)
  return {
    speaker,
    model: deps.model,
    system: systemOf(brief, quotes),
    tools: [...workingTools(place), finishTool(finishSchema, FINISH)],
    opening: [{ kind: 'text', text: opening, cache: true }],
    maxTokens: MOST_ANSWER,
    turns: limits.turns,
    signal,
    clock: deps.clock,
    guard: place.guard,
    reminder: {
      every: REMIND_EVERY,
      text: () => reminderOf(brief, { minutes: place.seconds() / 60, usd: speaker.purse.left() }),
    },
    interject: heard,
    deadline: () => place.seconds() <= 0,
    onTurn: deps.transcript.turn,
  }
}

/** What people have said since it was last asked; what they had said before is in the brief. */
function listener({ steers, quotes }: WorkerDeps, brief: Brief): () => string | null {
  let known = brief.steers.length
  return () => {
    const fresh = steers().slice(known)
    known += fresh.length
    if (fresh.length === 0) return null
    const words = fresh.map((one) => quotes.person(one.by, one.words))
    return ['Somebody who runs the project says to you, while you work:', ...words].join('\n\n')
  }
}

type Next = { worked: Worked } | { words: string; course: Course }

/** What follows from the end of a conversation: the end of the attempt, or more words. */
async function judge(deps: WorkerDeps, course: Course, heard: () => string | null): Promise<Next> {
  const { ending } = course.talked
  if (ending.end !== 'finished')
    return stop(deps, course, failureOf(ending, { ...deps.limits, allowance: deps.allowance }), null)
  const said = finishSchema.parse(ending.value)
  const why = deps.place.guard()
  if (why !== null) return stop(deps, course, { reason: 'not-approved', detail: why }, said)
  if (said.outcome === 'cannot')
    return stop(deps, course, { reason: 'agent-stopped', why: 'gave-up', detail: said.did.slice(0, 2000) }, said)
  const late = heard()
  return late === null ? await handIn(deps, course, said) : { words: late, course }
}

async function stop(
  { bench }: WorkerDeps,
  { turns }: Course,
  failure: TaskFailure,
  said: Finish | null,
): Promise<Next> {
  return { worked: { failure, kept: await bench.keep(), checked: null, said, turns } }
}

async function handIn(deps: WorkerDeps, course: Course, said: Finish): Promise<Next> {
  const { bench, transcript, place, quotes } = deps
  const kept = await bench.keep()
  const checked = await bench.check(kept)
  const { failure } = checked
  transcript.add({
    kind: 'check',
    at: deps.clock.now().toISOString(),
    failure,
    log: checked.log,
    putBack: kept.putBack,
  })
  const worked: Worked = { failure, kept, checked, said, turns: course.turns }
  if (failure === null || isLast(course, failure)) return { worked }
  const roundsLeft = ROUNDS - course.rounds
  const diff = await place.files.diff(LONGEST_DIFF)
  const parts = [
    ...(kept.putBack.length === 0 ? [] : [putBackInWords(kept.putBack)]),
    feedback(failure, { diff, roundsLeft }, quotes),
  ]
  return { words: parts.join('\n\n'), course: { ...course, rounds: course.rounds + 1, last: failure } }
}

/** The same failure twice in a row would come a third time; where the time is over, nothing can follow. */
const isLast = ({ rounds, last }: Course, failure: TaskFailure): boolean =>
  rounds >= ROUNDS || failure.reason === 'timed-out' || (last !== null && isSameFailure(last, failure))
