import type { Pace, StreamHold } from './answer.ts'
import type { AssistantBlock, BoundedAnswer } from './assistant-content.ts'
import { type Envelope, finalUsage, messageOf, messageStart, stopFields } from './message.ts'

/** What a stream does next: send an event (`delta` is a chunk of content), or wait for a promise. */
export type StreamStep =
  | { readonly type: 'send'; readonly text: string; readonly delta: boolean }
  | { readonly type: 'hold'; readonly until: Promise<unknown> }

/** One server-sent event, named as its data's type is. */
export const event = (data: { readonly type: string }): string =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`

const send = (data: { readonly type: string }): StreamStep => ({
  type: 'send',
  text: event(data),
  delta: data.type === 'content_block_delta',
})

/** Everything that is sent for an answer, in order. Chunks are `pace.chunk` characters, else `chunk`. */
export function streamStepsOf(envelope: Envelope, bounded: BoundedAnswer, pace: Pace, chunk: number): StreamStep[] {
  const blocks = bounded.blocks.flatMap((block, index) =>
    blockSteps(block, index, holdsFor(bounded, block, pace), pace.chunk ?? chunk),
  )
  return [
    send({ type: 'message_start', ...{ message: messageOf(envelope, null) } }),
    send({ type: 'ping' }),
    ...(pace.holds ?? []).filter(({ after }) => after === '').map(({ until }): StreamStep => ({ type: 'hold', until })),
    ...blocks,
    send({ type: 'message_delta', ...{ delta: stopFields(bounded), usage: finalUsage(envelope, bounded) } }),
    send({ type: 'message_stop' }),
  ]
}

/** The holds whose words stand in this block and in none before it. */
function holdsFor(bounded: BoundedAnswer, block: AssistantBlock, { holds = [] }: Pace): StreamHold[] {
  return holds.filter(({ after }) => after !== '' && bounded.blocks.find(({ text }) => text.includes(after)) === block)
}

function blockSteps(block: AssistantBlock, index: number, holds: readonly StreamHold[], chunk: number): StreamStep[] {
  const delta = (fields: { readonly type: string }): StreamStep =>
    send({ type: 'content_block_delta', ...{ index, delta: fields } })
  return [
    send({ type: 'content_block_start', ...{ index, content_block: messageStart(block) } }),
    ...piecesOf(block.text, holds, chunk).map(
      (piece): StreamStep =>
        typeof piece === 'string' ? delta(deltaOf(block, piece)) : { type: 'hold', until: piece.until },
    ),
    ...(block.type === 'thinking' ? [delta({ type: 'signature_delta', ...{ signature: block.signature } })] : []),
    send({ type: 'content_block_stop', ...{ index } }),
  ]
}

function deltaOf(block: AssistantBlock, piece: string) {
  switch (block.type) {
    case 'thinking':
      return { type: 'thinking_delta', thinking: piece }
    case 'text':
      return { type: 'text_delta', text: piece }
    case 'tool_use':
      return { type: 'input_json_delta', partial_json: piece }
  }
}

/** The text in chunks, cut also where a hold stands. Counted in code points, so that none is torn. */
function piecesOf(text: string, holds: readonly StreamHold[], chunk: number): (string | StreamHold)[] {
  const places = holds
    .map((hold) => ({ hold, at: text.indexOf(hold.after) + hold.after.length }))
    .toSorted((one, other) => one.at - other.at)
  const starts = [0, ...places.map(({ at }) => at)]
  return starts.flatMap((start, index) => [
    ...(index === 0 ? [] : places.slice(index - 1, index).map(({ hold }) => hold)),
    ...chunked(text.slice(start, starts[index + 1]), chunk),
  ])
}

function chunked(text: string, chunk: number): string[] {
  const points = [...text]
  return Array.from({ length: Math.ceil(points.length / chunk) }, (_, index) =>
    points.slice(index * chunk, (index + 1) * chunk).join(''),
  )
}
