import type { Brief } from '../../core/schedule/brief.ts'
import type { Conversation } from '../loop/conversation.ts'
import { continueAgentLoop, runAgentLoop } from '../loop/loop.ts'
import { type AttemptContext, workerOpening, workerSystem } from '../prompts/worker-prompt.ts'
import { type KeptOutputs, keptOutputs } from '../tools/kept-outputs.ts'
import { finishTool, workingTools } from '../tools/toolbox.ts'
import type { WorkerDeps, WorkResult } from './checker.ts'
import { reminderOf } from './feedback.ts'
import { FINISH, failedOnBase, finishSchema, lastCallPrompt } from './finish.ts'
import { type AttemptProgress, judge } from './judge.ts'

/** Tokens of one answer: enough for the longest file that `write` takes. */
const MOST_ANSWER = 20_000
const REMIND_EVERY = 8

/**
 * Runs an agent until its work is accepted, or a limit ends the attempt. The machine, not the agent, decides what is
 * accepted.
 */
export async function workOnTask(
  deps: WorkerDeps,
  brief: Brief,
  context: AttemptContext,
  signal: AbortSignal,
): Promise<WorkResult> {
  const newSteers = steersSince(deps, brief)
  const outputs = keptOutputs()
  const conversation = conversationOf({ ...deps, outputs }, brief, context, newSteers, signal)
  const loop = await runAgentLoop(conversation)
  let progress: AttemptProgress = {
    loop,
    turns: loop.turnsUsed,
    returns: 0,
    lastFailure: null,
    lastCheck: null,
    failedOnBase: failedOnBase(context),
  }
  for (;;) {
    const next = await judge({ ...deps, outputs }, progress, newSteers)
    if ('result' in next) return next.result
    const maxTurns = deps.limits.turns - progress.turns
    const message = [{ kind: 'text', text: next.message } as const]
    const continued = await continueAgentLoop({ ...conversation, maxTurns }, progress.loop.history, message)
    progress = { ...next.progress, loop: continued, turns: progress.turns + continued.turnsUsed }
  }
}

function conversationOf(
  deps: WorkerDeps & { outputs: KeptOutputs },
  brief: Brief,
  attempt: AttemptContext,
  newSteers: () => string | null,
  signal: AbortSignal,
): Conversation {
  const { context, limits, quotes, metered } = deps
  const opening = workerOpening(
    brief,
    attempt,
    { ...limits, tools: context.agentCommands, commands: context.commands, hosts: context.hosts },
    quotes,
  )
  return {
    metered,
    model: deps.model,
    system: workerSystem(brief, attempt, quotes, context.agentCommands),
    tools: [...workingTools(context, deps.outputs), finishTool(finishSchema, FINISH)],
    opening: [{ kind: 'text', text: opening, cache: true }],
    maxTokens: MOST_ANSWER,
    maxTurns: limits.turns,
    signal,
    clock: deps.clock,
    guard: async () => {
      // With a stale journal, work would continue long after the run is cancelled.
      await context.refreshJournal(signal)
      return context.guard()
    },
    reminder: {
      every: REMIND_EVERY,
      text: () => reminderOf(brief, { minutes: context.seconds() / 60, usd: metered.budget.left() }),
    },
    lastCallPrompt,
    pendingMessage: newSteers,
    deadline: () => context.seconds() <= 0,
    onTurn: deps.transcript.turn,
  }
}

/**
 * Returns a function that quotes what people have said since its last call; null: nothing. The brief holds what they
 * said before.
 */
function steersSince({ steers, quotes }: WorkerDeps, brief: Brief): () => string | null {
  let seen = brief.steers.length
  return () => {
    const unseen = steers().slice(seen)
    seen += unseen.length
    if (unseen.length === 0) return null
    const words = unseen.map((steer) => quotes.person(steer.by, steer.words))
    return ['A person who runs the project says to you, while you work:', ...words].join('\n\n')
  }
}
