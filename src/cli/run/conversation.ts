import { letterOf } from '../../core/command/question-answers.ts'
import { shortPlanId } from '../../core/plan/plan-id.ts'
import type { Question } from '../../core/plan/planning.ts'
import { awaitsBaseline } from '../../core/schedule/baseline.ts'
import type { Clock } from '../../ports/clock.ts'
import { bounded } from '../../render/markdown/escape.ts'
import { type Display, printTimed, wrapped } from '../display.ts'
import { type Asking, askFor } from './ask-for.ts'
import { planLines } from './plan-lines.ts'
import { progressLines, statusText } from './progress-lines.ts'
import type { Look } from './watch.ts'

export interface RunTerminal {
  look(): Promise<Look>
  /** Comments on the issue. */
  say(words: string): Promise<void>
  /** Asks the person; null: there is no more input. Without it, everything is answered with yes, and questions with defaults. */
  ask: ((question: string) => Promise<string | null>) | null
  display: Display
  clock: Clock
  signal: AbortSignal
}

export type Ending = { look: Look } & (
  | { kind: 'over' }
  /** The person did not approve. */
  | { kind: 'left' }
  /** Nothing moves it on, and it needs what is not asked here. */
  | { kind: 'stopped' }
)

const PAUSE_SECONDS = 0.3
/** Looks without a job and without an event after which nothing will come. */
const STILL = 3
/** How long the question waits for what the plan's checks do on the base. */
const BASELINE_SECONDS = 60

/** Follows a run to its end, and asks the person what it asks. */
export async function converse(talk: RunTerminal): Promise<Ending> {
  const { clock, signal, display } = talk
  const asked = new Set<string>()
  const proposedAt = new Map<string, number>()
  for (let still = 0; ; ) {
    const look = await talk.look()
    const asking = askFor(look.state)
    const isOpen = asking !== null && !asked.has(asking.key)
    const waits = isOpen && mustWait(asking, talk, proposedAt)
    show(display, look, waits)
    if (look.state.phase === 'ended') return { kind: 'over', look }
    if (isOpen && !waits) {
      asked.add(asking.key)
      const words = await answerTo(asking, talk)
      if (words === null) return { kind: 'left', look }
      printTimed(display, 'you', words, display.colour.bold)
      await talk.say(words)
      still = 0
      continue
    }
    still = look.isBusy || look.events.length > 0 ? 0 : still + 1
    if (still >= STILL) return { kind: 'stopped', look }
    await clock.wait(PAUSE_SECONDS, signal)
    signal.throwIfAborted()
  }
}

function show(display: Display, { events, state }: Look, waits: boolean): void {
  for (const { text, tone } of progressLines(events))
    printTimed(display, 'tributary', text, tone === 'plain' ? display.colour.cyan : display.colour[TONES[tone]])
  if (waits) display.status('the checks of the plan run on the base; then you are asked')
  else display.status(state.phase === 'empty' ? 'the issue is read' : statusText(state))
}

const TONES = { good: 'green', bad: 'red' } as const

/** A person who is asked should see what the checks do on the base; one who said yes before need not wait for it. */
function mustWait(asking: Asking, { ask, clock }: RunTerminal, proposedAt: Map<string, number>): boolean {
  if (asking.kind !== 'approval' || ask === null || !awaitsBaseline(asking.run)) return false
  const now = clock.now().getTime()
  const since = proposedAt.get(asking.key) ?? now
  proposedAt.set(asking.key, since)
  return now - since < BASELINE_SECONDS * 1000
}

/** The command that answers; null: the person leaves it there. */
async function answerTo(asking: Asking, talk: RunTerminal): Promise<string | null> {
  const { display } = talk
  switch (asking.kind) {
    case 'answers':
      return answers(asking.questions, talk)
    case 'approval': {
      const id = shortPlanId(asking.run.work.planId)
      display.line('')
      for (const line of planLines(asking.run, display.columns)) display.line(line)
      display.line('')
      return (await agreed(`Approve plan ${id}?`, talk)) ? `/approve ${id}` : null
    }
    case 'opening': {
      const what = asking.isGate
        ? `The gate ${asking.task} asks: ${bounded(asking.title, 120)} Open it?`
        : `${asking.task} is verified. Land it?`
      return (await agreed(what, talk)) ? `/approve ${asking.task}` : null
    }
  }
}

async function agreed(question: string, { ask, display }: RunTerminal): Promise<boolean> {
  if (ask === null) return true
  display.clear()
  return /^\s*y(?:es)?\s*$/i.test((await ask(`${question} [y/N] `)) ?? '')
}

async function answers(questions: readonly Question[], { ask, display }: RunTerminal): Promise<string | null> {
  if (ask === null) return '/answer defaults'
  display.clear()
  const given: string[] = []
  for (const [index, question] of questions.entries()) {
    for (const line of questionText(question, index, display.columns)) display.line(line)
    const typed = await ask(`${index + 1}, or Enter for the default: `)
    if (typed === null) return null
    given.push(...answerOf(typed, question, index))
  }
  return `/answer ${given.length === 0 ? 'defaults' : given.join('; ')}`
}

function questionText({ question, options, default: fallback }: Question, index: number, columns: number): string[] {
  const lines = [`${index + 1}. ${bounded(question, 1_000)}`]
  const choices = options.map((option, place) => `  ${letterOf(place)}  ${bounded(option, 300)}`)
  return [
    '',
    ...lines.flatMap((line) => wrapped(line, columns, '   ')),
    ...choices,
    `  Default: ${bounded(fallback, 300)}`,
  ]
}

/** A letter, words, or nothing for the default. */
export function answerOf(typed: string, { options }: Pick<Question, 'options'>, index: number): string[] {
  const words = typed.trim().replace(/\s+/g, ' ')
  if (words === '') return []
  const isLetter = options.some((_, place) => letterOf(place) === words.toLowerCase())
  return [isLetter ? `${index + 1}${words.toLowerCase()}` : `${index + 1}: ${words}`]
}
