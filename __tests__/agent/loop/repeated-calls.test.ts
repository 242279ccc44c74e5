import { expect, it } from 'vitest'
import { type CompletedCall, countRepeats, STOP_AFTER, WARN_AFTER } from '../../../src/agent/loop/repeated-calls.ts'

/** `v1` views something, `e1` edits it, `!e1` fails to, `!b1` is a command that fails; `v1=x` is answered with x, all else each time differently. */
function called(word: string, index: number): CompletedCall {
  const [call = '', answer = `answer ${index}`] = word.split('=')
  const failed = call.startsWith('!')
  const name = call.replace('!', '')[0] ?? ''
  const kind = name === 'e' ? 'change' : name === 'b' ? 'run' : 'read'
  return { name, kind, input: { of: call.slice(-1) }, answer, failed }
}

function timesAfter(sequence: string): number {
  const seen = countRepeats()
  return sequence.split(' ').reduce((_, word, index) => seen.add(called(word, index)).times, 0)
}

const again = (pattern: string, times: number) => Array(times).fill(pattern).join(' ')

it('warns before it stops', () => {
  expect(WARN_AFTER).toBe(3)
  expect(STOP_AFTER).toBe(5)
})

it.each([
  ['calls that differ', 'v1 v2 v3 v4 v5', 1],
  ['the same call in a row, whatever it answers', again('v1', 3), 3],
  ['the same call five times in a row', again('v1', 5), 5],
  ['a row that another call has broken', 'v1 v1 v2 v1', 1],
  ['two calls in turn', again('v1 v2', 3), 3],
  ['two calls in turn, stopped in the middle', `${again('v1 v2', 4)} v1`, 4],
  ['three calls in turn', again('v1 v2 v3', 5), 5],
  ['an edit and its reverse in turn', again('e1 e2', 5), 5],
  ['the same call with the same answer, and others between', 'v1=x v2 v1=x v3 v4 v1=x', 3],
  ['the same call with another answer, and others between', 'v1=x v2 v1=y v3 v4 v1=z', 1],
  ['a check after each of several different edits', 'v1=ok e2 v1=ok e3 v1=ok e4 v1=ok e5 v1=ok e6 v1=ok', 1],
  ['a check after edits that failed', 'v1=ok !e2 v1=ok !e3 v1=ok', 3],
  ['the same error of different calls', '!v1=no !v2=no !v3=no', 3],
  ['the same error, and others between', '!e1=no v5 !e2=no v6 v7 !e3=no', 3],
  ['commands that find nothing', '!b1=1 !b2=1 !b3=1 !b4=1 !b5=1', 1],
  ['the same command that fails alike', '!b1=1 v2 !b1=1 v3 !b1=1', 3],
  ['the same error before and after a change', '!v1=no !v2=no e3 !v4=no', 1],
  ['the same answer of different calls that did not fail', 'v1=none v2=none v3=none', 1],
])('counts %s', (_name, sequence, times) => {
  expect(timesAfter(sequence)).toBe(times)
})

it('forgets what lies far back', () => {
  const others = Array.from({ length: 24 }, (_, index) => `v${index % 9}=${index}`).join(' ')
  expect(timesAfter(`v9=x v9=x ${others} v9=x`)).toBe(1)
})

it('takes inputs whose fields stand in another order for the same', () => {
  const seen = countRepeats()
  const call = (input: unknown) => seen.add({ name: 'v', kind: 'read', input, answer: '', failed: false }).times
  call({ a: 1, b: [{ c: 1, d: 2 }] })
  expect(call({ b: [{ d: 2, c: 1 }], a: 1 })).toBe(2)
  expect(call({ b: [{ d: 1, c: 2 }], a: 1 })).toBe(1)
})
