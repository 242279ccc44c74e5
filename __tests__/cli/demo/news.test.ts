import { describe, expect, it } from 'vitest'
import { changesBetween } from '../../../src/cli/demo/news.ts'
import type { Check, Comment, Pull, Seen } from '../../../src/cli/demo/seen.ts'

const BOT = 'github-actions[bot]'
const nothing: Seen = { comments: [], pulls: [], checks: [] }
const comment = (body: string, author = BOT): Comment => ({ id: 1, body, author, thread: 2 })
const pull = (given: Partial<Pull>): Pull => ({
  number: 2,
  title: 'All of it',
  draft: true,
  state: 'open',
  merged: false,
  head: 'tributary/1/trunk',
  sha: 'a'.repeat(40),
  base: 'main',
  ...given,
})
const check = (status: string, conclusion: string | null): Check => ({
  id: 3,
  name: 'tributary / t1',
  head_sha: 'a'.repeat(40),
  external_id: null,
  status,
  conclusion,
  output: { title: null, summary: null, text: null },
})
const lines = (before: Seen, after: Seen) => changesBetween(before, after).map(({ who, what }) => `${who}: ${what}`)

describe('what is new on the pages', () => {
  it('is nothing where nothing changed', () => {
    const seen = { comments: [comment('## Running')], pulls: [pull({})], checks: [check('queued', null)] }
    expect(lines(seen, seen)).toEqual([])
  })

  it('is the first line of a comment that people see, and its edits', () => {
    const [first, second] = ['Running: 1 of 2', 'Running: 2 of 2'].map((head) =>
      comment(`<!-- tributary:status:1 -->\n\n## ${head}\n`),
    )
    if (first === undefined || second === undefined) throw new Error('two comments')
    expect(lines(nothing, { ...nothing, comments: [first] })).toEqual(['tributary: on #2: Running: 1 of 2'])
    expect(lines({ ...nothing, comments: [first] }, { ...nothing, comments: [second] })).toEqual([
      'tributary: edits, on #2: Running: 2 of 2',
    ])
  })

  it('leaves out what people say, who are told when they say it', () => {
    expect(lines(nothing, { ...nothing, comments: [comment('/plan', 'writer')] })).toEqual([])
  })

  it('is how a pull request stands', () => {
    const at = (given: Partial<Pull>): Seen => ({ ...nothing, pulls: [pull(given)] })
    const told = 'pull: #2 tributary/1/trunk -> main: '
    expect(lines(nothing, at({}))).toEqual([`${told}draft`])
    expect(lines(at({}), at({ draft: false }))).toEqual([`${told}ready`])
    expect(lines(at({ draft: false }), at({ draft: false, state: 'closed', merged: true }))).toEqual([`${told}merged`])
    expect(lines(at({}), at({ state: 'closed' }))).toEqual([`${told}closed`])
  })

  it('is how a check stands', () => {
    const at = (status: string, conclusion: string | null): Seen => ({
      ...nothing,
      checks: [check(status, conclusion)],
    })
    expect(lines(at('queued', null), at('in_progress', null))).toEqual(['check: tributary / t1: in_progress'])
    expect(lines(at('in_progress', null), at('completed', 'failure'))).toEqual(['check: tributary / t1: failure'])
  })

  it('is told once where two checks of a name say the same', () => {
    const twice = [check('completed', 'success'), { ...check('completed', 'success'), id: 4 }]
    expect(lines(nothing, { ...nothing, checks: twice })).toEqual(['check: tributary / t1: success'])
  })
})
