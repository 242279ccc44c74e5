import { expect, it } from 'vitest'
import { z } from 'zod'
import type { Conversation } from '../../../src/agent/loop/conversation.ts'
import { runAgentLoop } from '../../../src/agent/loop/loop.ts'
import { tool, toolText } from '../../../src/agent/tools/tool.ts'
import type { Block } from '../../../src/ports/model.ts'
import { calls } from '../../support/said-model.ts'
import { done, echo, finish, testConversation } from './test-conversation.ts'

type Wanted = Parameters<typeof calls>[0]

/** One turn of calls; gives the results that the model would see, and how it ended. */
async function oneTurn(wanted: Wanted, overrides: Partial<Conversation> = {}) {
  const { conversation } = testConversation([calls(wanted)], { maxTurns: 1, ...overrides })
  const { stopReason, history } = await runAgentLoop(conversation)
  const blocks = history.turns.at(-1)?.blocks ?? []
  return {
    stopReason,
    blocks,
    texts: blocks.filter(isResult).map(({ text, failed }) => (failed ? `failed: ${text}` : text)),
  }
}

const isResult = (block: Block) => block.kind === 'result'
const step = (name: string, text: string) => ({ name, input: { text } })

it('gives every call its result, in order, before all other words', async () => {
  const { blocks } = await oneTurn([step('look', 'a'), step('nothing', 'b'), step('look', 'c')], {
    reminder: { every: 1, text: () => 'Remember' },
  })
  expect(blocks).toEqual([
    { kind: 'result', id: 'call-1-1', text: 'a', failed: false },
    { kind: 'result', id: 'call-1-2', text: 'There is no tool of that name; there are look, finish', failed: true },
    { kind: 'result', id: 'call-1-3', text: 'c', failed: false },
    { kind: 'text', text: 'Remember' },
  ])
})

it('answers broken JSON and inputs that do not fit with a failure, and goes on', async () => {
  const { texts, stopReason } = await oneTurn([
    { name: 'look', input: '{"text": "a' },
    { name: 'look', input: { words: 'a' } },
    step('look', 'a'),
  ])
  expect(texts[0]).toContain('failed: The input does not fit: it is no JSON object')
  expect(texts[1]).toContain('failed: The input does not fit: text:')
  expect(texts[2]).toBe('a')
  expect(stopReason.kind).toBe('turns')
})

/** A tool whose calls end only when `most` of them have begun, or, where they are never so many, when `release` is called. */
function meeting(name: string, kind: 'read' | 'change', order: string[], most: number) {
  let begun = 0
  let open = () => {}
  const met = new Promise<void>((resolve) => {
    open = resolve
  })
  return tool({ name, description: name, kind, input: z.strictObject({ text: z.string() }) }, async ({ text }) => {
    order.push(`begins ${text}`)
    begun += 1
    if (begun >= most) open()
    await met
    order.push(`ends ${text}`)
    return toolText(text)
  })
}

it('runs reads that follow each other side by side', async () => {
  const order: string[] = []
  const { texts } = await oneTurn([step('look', 'a'), step('look', 'b'), step('look', 'c')], {
    tools: [meeting('look', 'read', order, 3), finish],
  })
  expect(order.slice(0, 3)).toEqual(['begins a', 'begins b', 'begins c'])
  expect(texts).toEqual(['a', 'b', 'c'])
})

it('runs changes one after another, and reads after them when they have ended', async () => {
  const order: string[] = []
  const tools = [meeting('look', 'read', order, 1), meeting('edit', 'change', order, 1), finish]
  await oneTurn([step('look', 'a'), step('edit', 'b'), step('edit', 'c'), step('look', 'd')], { tools })
  expect(order).toEqual(['a', 'b', 'c', 'd'].flatMap((text) => [`begins ${text}`, `ends ${text}`]))
})

it('asks the guard before every call, also of reads, and ends with its reason', async () => {
  const seen: string[] = []
  const answers = [null, 'the run is cancelled']
  const { stopReason, texts } = await oneTurn([step('look', 'a'), step('edit', 'b'), step('edit', 'c')], {
    tools: [echo('look', 'read', seen), echo('edit', 'change', seen), finish],
    guard: async () => answers.shift() ?? null,
  })
  expect(stopReason).toEqual({ kind: 'not-allowed', why: 'the run is cancelled' })
  expect(seen).toEqual(['look a'])
  expect(texts.slice(0, 2)).toEqual(['a', 'failed: Not allowed: the run is cancelled'])
  expect(texts[2]).toContain('failed: Not run')
})

it('lets a tool itself end the conversation as not allowed', async () => {
  const gated = { ...echo('look', 'read'), use: async () => ({ notAllowed: 'the plan is not approved' }) }
  const { stopReason } = await oneTurn([step('look', 'a')], { tools: [gated, finish] })
  expect(stopReason).toEqual({ kind: 'not-allowed', why: 'the plan is not approved' })
})

it('runs nothing that comes after finish', async () => {
  const seen: string[] = []
  const { stopReason, texts } = await oneTurn([done, step('edit', 'a')], {
    tools: [echo('edit', 'change', seen), finish],
  })
  expect(stopReason.kind).toBe('finished')
  expect(seen).toEqual([])
  expect(texts[0]).toBe('Taken')
  expect(texts[1]).toContain('failed: Not run')
})

it('does not finish in a turn in which a call before it failed', async () => {
  const { stopReason, texts } = await oneTurn([step('look', 'bad news'), done])
  expect(stopReason.kind).toBe('turns')
  expect(texts).toEqual(['failed: bad news', 'failed: Not finished: a call before it in this turn failed; look at it'])
})

it('says what is wrong with the value of finish, and goes on', async () => {
  const { stopReason, texts } = await oneTurn([{ name: 'finish', input: { summary: 7 } }])
  expect(stopReason.kind).toBe('turns')
  expect(texts[0]).toContain('summary')
})

it('answers twenty calls of a turn and no more', async () => {
  const { texts } = await oneTurn(Array.from({ length: 22 }, (_, index) => step('look', `${index}`)))
  expect(texts.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, index) => `${index}`))
  expect(texts.slice(20).every((text) => text.startsWith('failed: Not run: a turn has at most 20 calls'))).toBe(true)
})

it('stops between two calls when the time is over', async () => {
  const seen: string[] = []
  const { stopReason } = await oneTurn([step('edit', 'a'), step('edit', 'b')], {
    tools: [echo('edit', 'change', seen), finish],
    deadline: () => seen.length > 0,
  })
  expect(stopReason).toEqual({ kind: 'time' })
  expect(seen).toEqual(['edit a'])
})

it('ends aborted when a tool breaks off because of the signal, and throws where it broke by itself', async () => {
  const stop = new AbortController()
  const breaks = (signal: AbortSignal, abort: () => void) =>
    oneTurn([step('look', 'a')], {
      signal,
      tools: [
        {
          ...echo('look', 'read'),
          use: async () => {
            abort()
            throw new Error('the sandbox is gone')
          },
        },
        finish,
      ],
    })
  expect((await breaks(stop.signal, () => stop.abort())).stopReason).toEqual({ kind: 'aborted' })
  await expect(breaks(new AbortController().signal, () => {})).rejects.toThrow('the sandbox is gone')
})
