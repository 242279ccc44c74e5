import type { Brief } from '../../core/schedule/brief.ts'
import type { Conversation } from '../loop/conversation.ts'
import { continueWith, converse } from '../loop/loop.ts'
import { type Findings, openingOf, systemOf } from '../prompts/worker-prompt.ts'
import { finishTool, workingTools } from '../tools/toolbox.ts'
import type { WorkerDeps, WorkResult } from './checker.ts'
import { reminderOf } from './feedback.ts'
import { FINISH, finishSchema, lastCallPrompt, proves } from './finish.ts'
import { type AttemptProgress, judge } from './judge.ts'

/** Tokens of one answer: enough for the longest file that `create` takes. */
const MOST_ANSWER = 20_000
const REMIND_EVERY = 8

/** Lets an agent work until its work is accepted, or something ends it. The machine, not the agent, says what is accepted. */
export async function workOnTask(
  deps: WorkerDeps,
  brief: Brief,
  findings: Findings,
  signal: AbortSignal,
): Promise<WorkResult> {
  const steering = listener(deps, brief)
  const conversation = conversationOf(deps, { brief, findings, signal, steering })
  const talked = await converse(conversation)
  let progress: AttemptProgress = {
    talked,
    turns: talked.turnsUsed,
    rounds: 0,
    last: null,
    proves: proves(findings),
    checked: null,
  }
  for (;;) {
    const next = await judge(deps, progress, steering)
    if ('worked' in next) return next.worked
    const turns = deps.limits.turns - progress.turns
    const words = [{ kind: 'text', text: next.words } as const]
    const again = await continueWith({ ...conversation, turns }, progress.talked.thread, words)
    progress = { ...next.progress, talked: again, turns: progress.turns + again.turnsUsed }
  }
}

interface Beginning {
  brief: Brief
  findings: Findings
  signal: AbortSignal
  steering: () => string | null
}

function conversationOf(deps: WorkerDeps, { brief, findings, signal, steering }: Beginning): Conversation {
  const { place, limits, quotes, metered } = deps
  const opening = openingOf(brief, findings, { ...limits, commands: place.commands }, quotes)
  return {
    metered,
    model: deps.model,
    system: systemOf(brief, quotes),
    tools: [...workingTools(place), finishTool(finishSchema, FINISH)],
    opening: [{ kind: 'text', text: opening, cache: true }],
    maxTokens: MOST_ANSWER,
    turns: limits.turns,
    signal,
    clock: deps.clock,
    guard: async () => {
      // By a journal that cannot be read a run goes on that may have been cancelled long ago.
      await place.fresh(signal)
      return place.guard()
    },
    reminder: {
      every: REMIND_EVERY,
      text: () => reminderOf(brief, { minutes: place.seconds() / 60, usd: metered.budget.left() }),
    },
    last: lastCallPrompt,
    interject: steering,
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
