import { describe, expect, it } from 'vitest'
import type { DemoCheck, DemoPull, GitHubState } from '../../../src/cli/demo/github-state.ts'
import { changesBetween, progressOf } from '../../../src/cli/demo/progress.ts'
import type { ApiComment } from '../../../src/cli/hub-client/comments.ts'

const BOT = 'github-actions[bot]'
const nothing: GitHubState = { comments: [], pulls: [], checks: [], traces: '' }
const comment = (body: string, author = BOT): ApiComment => ({ id: 1, body, author, thread: 2 })
const pull = (given: Partial<DemoPull>): DemoPull => ({
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
const check = (status: string, conclusion: string | null, given: Partial<DemoCheck> = {}): DemoCheck => ({
  id: 3,
  name: 'tributary / t1 — Prices are money',
  head_sha: 'a'.repeat(40),
  external_id: null,
  status,
  conclusion,
  output: { title: null, summary: null, text: null },
  ...given,
})
const titled = (title: string) => ({ output: { title, summary: null, text: null } })
const lines = (before: GitHubState, after: GitHubState) =>
  changesBetween(before, after).map(({ who, what }) => `${who}: ${what}`)
const said = (body: string, author?: string) => lines(nothing, { ...nothing, comments: [comment(body, author)] })

describe('what is new on the pages', () => {
  it('is nothing if nothing changed', () => {
    const seen = { ...nothing, comments: [comment('## Plan: Money')], checks: [check('completed', 'success')] }
    expect(lines(seen, seen)).toEqual([])
  })

  it('is the first sentence of a comment, without its reason code', () => {
    expect(said('<!-- tributary:plan:1 -->\n\n## Plan: Amounts are money\n')).toEqual([
      'tributary: on #2: Plan: Amounts are money',
    ])
    expect(said('Plan `0cf2` is approved as a whole. It starts now.')).toEqual([
      'tributary: on #2: Plan 0cf2 is approved as a whole.',
    ])
    expect(
      said('outsider has `read` permission here, and this command needs `write`.\n\n<sub>`not-permitted`</sub>'),
    ).toEqual(['tributary: on #2: No: outsider has read permission here, and this command needs write.'])
  })

  it('leaves out what people say, who are told when they say it, and the comment that always changes', () => {
    expect(said('/plan', 'writer')).toEqual([])
    expect(said('## Running: 1 of 2 tasks landed')).toEqual([])
    expect(said('@admin @lead **Waiting for you.** The rest of the run goes on meanwhile.')).toEqual([])
    expect(said('@admin The plan has 2 tasks.\n\n<sub>`plan-proposed`</sub>')).toEqual([
      'tributary: on #2: The plan has 2 tasks.',
    ])
  })

  it('is how the pull request for the whole change stands, and none of those of tasks', () => {
    const at = (given: Partial<DemoPull>): GitHubState => ({ ...nothing, pulls: [pull(given)] })
    const ready = at({ draft: false })
    const merged = at({ draft: false, state: 'closed', merged: true })
    expect(lines(nothing, at({}))).toEqual([])
    expect(lines(at({}), ready)).toEqual(['tributary: #2 is ready: all of it, verified as one'])
    expect(lines(ready, merged)).toEqual(['tributary: #2 is merged into main'])
    expect(lines(ready, at({ state: 'closed' }))).toEqual(['tributary: #2 is closed'])
    expect(lines(nothing, at({ head: 'tributary/1/t1', merged: true }))).toEqual([])
  })

  it('is how a task ended, and what waits for a person', () => {
    const at = (...checks: DemoCheck[]): GitHubState => ({ ...nothing, checks })
    const working = at()
    const landed = at(check('completed', 'success', titled('Landed')))
    expect(lines(working, landed)).toEqual(['landed: t1: Prices are money'])
    expect(lines(working, at(check('completed', 'failure')))).toEqual(['failure: t1: Prices are money'])
    expect(lines(working, at(check('completed', 'action_required')))).toEqual([
      'waits: for a person: t1: Prices are money',
    ])
    expect(lines(working, at(check('completed', 'neutral', titled('Given back'))))).toEqual(['retried: t1: Given back'])
    expect(lines(at(), at(check('completed', 'success', { name: 'tributary / run' })))).toEqual([])
  })

  it('is told of the newest attempt at a task alone', () => {
    const first = check('completed', 'failure')
    const second = check('completed', 'success', { ...titled('Landed'), id: 4 })
    expect(lines(nothing, { ...nothing, checks: [first, second] })).toEqual(['landed: t1: Prices are money'])
    expect(lines({ ...nothing, checks: [first, second] }, { ...nothing, checks: [first, second] })).toEqual([])
  })
})

it('says how far it is: what has landed, and what is at work', () => {
  expect(progressOf(nothing)).toBeNull()
  const over = { head: 'tributary/1/t0', merged: true, state: 'closed' } as const
  const pulls = [pull({ head: 'tributary/1/t1' }), pull({ head: 'tributary/1/t2' }), pull(over), pull({})]
  expect(progressOf({ ...nothing, pulls })).toBe('begun; at work: t1, t2')
  const comments = [comment('## Running: 5 of 12 tasks landed, 2 at work')]
  expect(progressOf({ ...nothing, comments, pulls })).toBe('5 of 12 tasks landed; at work: t1, t2')
  expect(progressOf({ ...nothing, comments })).toBe('5 of 12 tasks landed')
})
