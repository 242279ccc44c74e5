import type { Usage } from '../../src/core/money/usage.ts'
import type { Block, Model, ModelAnswer, ModelFailure, ModelRequest } from '../../src/ports/model.ts'

/** An answer given in advance; as a function it may look at what was asked, and at the how-manieth call this is (from 1). */
export type Said = ModelAnswer | ((request: ModelRequest, ordinal: number) => ModelAnswer | Promise<ModelAnswer>)

export const saidUsage: Usage = { fresh: 100, cached: 0, written: 0, output: 20 }

/** Gives the answers in their order, streams their text in small pieces, and throws when it is asked once more than it was told. */
export function saidModel(answers: readonly Said[]): Model & { requests: ModelRequest[] } {
  const requests: ModelRequest[] = []
  return {
    requests,
    async ask(request) {
      const said = answers[requests.length]
      // What the caller appends later must not change what was asked now.
      requests.push({ ...request, turns: [...request.turns] })
      if (said === undefined) throw new Error(`call ${requests.length} of the model was not given an answer`)
      if (request.signal.aborted) return fails('aborted', noSaidUsage)
      const answer = typeof said === 'function' ? await said(request, requests.length) : said
      if (answer.ok) request.onStart?.()
      if (answer.ok) for (const piece of piecesOf(answer.blocks)) request.onText?.(piece)
      return answer
    },
  }
}

const noSaidUsage: Usage = { fresh: 0, cached: 0, written: 0, output: 0 }
const PIECE = 7

const piecesOf = (blocks: readonly Block[]): string[] =>
  blocks.flatMap((block) =>
    block.kind === 'text' ? (block.text.match(new RegExp(`[^]{1,${PIECE}}`, 'gu')) ?? []) : [],
  )

type Stop = Extract<ModelAnswer, { ok: true }>['stop']

/** Words, or JSON where a schema was asked for; `stop` other than `end` for an answer that was cut or refused. */
export const says = (
  text: string,
  { stop = 'end', usage = saidUsage }: { stop?: Stop; usage?: Usage } = {},
): ModelAnswer => ({
  ok: true,
  stop,
  blocks: text === '' ? [] : [{ kind: 'text', text }],
  usage,
  unsure: false,
})

/** Calls of tools, with ids that are unique in the conversation, and words before them. */
export const calls =
  (
    wanted: readonly { name: string; input: unknown; id?: string }[],
    { text = '', usage = saidUsage }: { text?: string; usage?: Usage } = {},
  ): Said =>
  (_request, ordinal) => ({
    ok: true,
    stop: 'calls',
    blocks: [
      ...(text === '' ? [] : [{ kind: 'text' as const, text }]),
      ...wanted.map(({ name, input, id }, at) => ({
        kind: 'call' as const,
        id: id ?? `call-${ordinal}-${at + 1}`,
        name,
        input,
      })),
    ],
    usage,
    unsure: false,
  })

/** A call that was given up. */
export const fails = (reason: ModelFailure['reason'], usage: Usage = noSaidUsage, unsure = false): ModelAnswer => ({
  ok: false,
  failure:
    reason === 'overloaded' || reason === 'unreachable'
      ? { reason, detail: `said: ${reason}`, since: '2026-01-02T03:04:05.000Z' }
      : { reason, detail: `said: ${reason}` },
  usage,
  unsure,
})
