import type { Answer } from './answer.ts'
import type { MessageBody } from './body.ts'
import type { Call } from './call.ts'
import { deliver, type Line, type MidFault } from './deliver.ts'
import { type Envelope, messageOf, usageOf } from './message.ts'
import { segmentsOf } from './prompt.ts'
import { type Said, saidWithin } from './said.ts'
import { type Step, stepsOf } from './stream.ts'

/** Sends an answer, or as much of it as the fault lets through, and notes what it cost. */
export async function send(call: Call, body: MessageBody, answer: Answer, fault: MidFault | null): Promise<void> {
  const { world, seen } = call
  const plan = world.cache.plan(body.model, segmentsOf(body), world.models[body.model]?.cacheMinimum ?? 0)
  const envelope: Envelope = { id: `msg_${String(seen.n).padStart(6, '0')}`, body, usage: plan.usage }
  const said = saidWithin(answer, body, seen.n, world.signatures.sign)
  const begun = (): void => {
    plan.commit()
    world.log.note(seen, { status: 200, usage: usageOf(envelope, said) })
  }
  const streaming = body.stream === true
  const steps = streaming ? stepsOf(envelope, said, answer.pace, world.chunk) : wholeSteps(envelope, said, answer)
  await deliver(steps, lineOf(call, streaming, begun), answer.pace.milliseconds ?? 0, fault)
}

/** Without a stream the answer comes at once, when all that holds it back is over. */
function wholeSteps(envelope: Envelope, said: Said, { pace }: Answer): Step[] {
  return [
    ...(pace.holds ?? []).map(({ until }): Step => ({ type: 'hold', until })),
    { type: 'send', text: JSON.stringify(messageOf(envelope, said)), delta: false },
  ]
}

function lineOf({ world, res, signal, requestId }: Call, streaming: boolean, begun: () => void): Line {
  const type = streaming ? 'text/event-stream; charset=utf-8' : 'application/json'
  const headers = { 'content-type': type, 'cache-control': 'no-cache', 'request-id': requestId }
  return { res, signal, headers, requestId, begun, wait: (seconds, until) => world.clock.wait(seconds, until) }
}
