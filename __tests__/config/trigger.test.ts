import { describe, expect, it } from 'vitest'
import { readTrigger } from '../../src/config/trigger.ts'

const sender = { login: 'writer', type: 'User', id: 102 }

const comment = (change: object = {}, issue: object = {}) => ({
  eventName: 'issue_comment',
  payload: {
    action: 'created',
    comment: { id: 7, body: '/plan', created_at: '2026-01-01T00:00:00Z', author_association: 'MEMBER' },
    issue: { number: 42, title: 'Money', body: 'as integers', state: 'open', labels: [], ...issue },
    sender,
    repository: { full_name: 'octo/shop' },
    ...change,
  },
})

const HEAD = 'a'.repeat(40)
const closed = (change: object = {}, head: object = {}, pull: object = {}) => ({
  eventName: 'pull_request',
  payload: {
    action: 'closed',
    number: 43,
    pull_request: {
      number: 43,
      merged: true,
      head: { ref: 'tributary/42/trunk', sha: HEAD, repo: { full_name: 'octo/shop' }, ...head },
      base: { ref: 'main', repo: { full_name: 'octo/shop' } },
      ...pull,
    },
    sender,
    ...change,
  },
})

describe('a comment', () => {
  it('is read with its issue and its sender', () => {
    expect(readTrigger(comment())).toEqual({
      kind: 'comment',
      comment: { id: 7, body: '/plan', createdAt: '2026-01-01T00:00:00Z' },
      issue: { number: 42, title: 'Money', body: 'as integers', isPull: false, state: 'open' },
      sender: { login: 'writer', type: 'User' },
      viaApp: null,
    })
  })

  it.each([
    [{ slug: 'some-app', id: 3, owner: {} }, 'some-app'],
    [{ id: 3 }, 'an App'],
  ])('that an App wrote in a person’s name says so: %j', (app, viaApp) => {
    const written = { ...comment().payload.comment, performed_via_github_app: app }
    expect(readTrigger(comment({ comment: written }))).toMatchObject({ sender: { login: 'writer' }, viaApp })
  })

  it('on a pull request says so, and an issue without a body has an empty one', () => {
    const trigger = readTrigger(comment({}, { body: null, pull_request: { url: 'https://api.github.com/x' } }))
    expect(trigger).toMatchObject({ kind: 'comment', issue: { isPull: true, body: '' } })
  })

  it.each(['edited', 'deleted'])('that was %s starts nothing', (action) => {
    expect(readTrigger(comment({ action }))).toEqual({
      kind: 'nothing',
      why: `only a new comment counts; this one was ${action}`,
    })
  })

  it('without a sender is refused', () => {
    expect(() => readTrigger(comment({ sender: undefined }))).toThrow('sender')
  })
})

describe('a pull request', () => {
  it.each([
    [{}, 'merged', {}],
    [{ action: 'reopened' }, 'reopened', { merged: false }],
    [{}, 'closed', { merged: false }],
  ] as const)('is read with its branches, its head and what was done: %o', (payload, action, pull) => {
    const sides = { headBranch: 'tributary/42/trunk', baseBranch: 'main', head: HEAD }
    const sender = { login: 'writer', type: 'User' }
    expect(readTrigger(closed(payload, {}, pull))).toEqual({ kind: 'pull', action, number: 43, ...sides, sender })
  })

  it('of a fork starts nothing, whatever its branch is called', () => {
    const why = 'the pull request comes from a fork'
    expect(readTrigger(closed({}, { repo: { full_name: 'mallory/shop' } }))).toEqual({ kind: 'nothing', why })
    expect(readTrigger(closed({}, { repo: null }))).toEqual({ kind: 'nothing', why })
  })

  it('starts nothing before it is closed', () => {
    expect(readTrigger(closed({ action: 'opened' }))).toMatchObject({ kind: 'nothing' })
  })
})

const reviewed = (change: object = {}, head: object = {}, review: object = {}) => ({
  eventName: 'pull_request_review',
  payload: {
    action: 'submitted',
    review: {
      id: 9,
      body: null,
      state: 'changes_requested',
      commit_id: HEAD,
      submitted_at: '2026-01-01T00:00:00Z',
      user: { login: 'writer' },
      ...review,
    },
    pull_request: {
      number: 43,
      head: { ref: 'tributary/42/t1', sha: HEAD, repo: { full_name: 'octo/shop' }, ...head },
      base: { ref: 'tributary/42/trunk', repo: { full_name: 'octo/shop' } },
    },
    sender,
    ...change,
  },
})

describe('a review', () => {
  it('is read with its verdict, the commit that it was made on, and who sent it', () => {
    const review = {
      id: 9,
      pull: 43,
      verdict: 'changes_requested',
      body: '',
      commit: HEAD,
      submittedAt: '2026-01-01T00:00:00Z',
    }
    const by = { login: 'writer', type: 'User' }
    expect(readTrigger(reviewed())).toEqual({ kind: 'review', review, headBranch: 'tributary/42/t1', sender: by })
  })

  it('of a fork starts nothing, whatever its branch is called', () => {
    const why = 'the pull request comes from a fork'
    expect(readTrigger(reviewed({}, { repo: { full_name: 'mallory/shop' } }))).toEqual({ kind: 'nothing', why })
    expect(readTrigger(reviewed({}, { repo: null }))).toEqual({ kind: 'nothing', why })
  })

  it.each(['edited', 'dismissed'])('that was %s starts nothing', (action) => {
    expect(readTrigger(reviewed({ action }))).toMatchObject({ kind: 'nothing' })
  })

  it('of another person than the sender starts nothing', () => {
    expect(readTrigger(reviewed({}, {}, { user: { login: 'ada' } }))).toMatchObject({ kind: 'nothing' })
  })
})

describe('a dispatch', () => {
  const dispatch = (inputs: object) => ({ eventName: 'workflow_dispatch', payload: { inputs, ref: 'refs/heads/main' } })

  it('is read with its inputs', () => {
    const inputs = { role: 'work', run: '42-2', request: 'r3', slots: '["r3.1"]' }
    expect(readTrigger(dispatch(inputs))).toEqual({ kind: 'dispatch', inputs })
  })

  it.each([
    { role: 'command', run: '42', request: 'r1' },
    { role: 'work', run: '42;rm', request: 'r1' },
  ])('with inputs that are not ours is refused: %o', (inputs) => {
    expect(() => readTrigger(dispatch(inputs))).toThrow()
  })
})

it('leaves other events alone', () => {
  expect(readTrigger({ eventName: 'push', payload: {} })).toEqual({
    kind: 'nothing',
    why: 'Tributary does not listen to push',
  })
})

describe('a label of an issue', () => {
  const labelled = (change: object = {}) => ({
    eventName: 'issues',
    payload: { action: 'labeled', label: { name: 'tributary plan' }, issue: { number: 42 }, sender, ...change },
  })

  it('asks for a plan in the name of the person who set it', () => {
    expect(readTrigger(labelled())).toEqual({
      kind: 'plan',
      issue: 42,
      label: 'tributary plan',
      sender: { login: 'writer', type: 'User' },
    })
  })

  it('starts nothing when it is taken away', () => {
    expect(readTrigger(labelled({ action: 'unlabeled' }))).toMatchObject({ kind: 'nothing' })
  })

  it('without an issue or a sender is refused', () => {
    expect(() => readTrigger(labelled({ issue: undefined }))).toThrow()
    expect(() => readTrigger(labelled({ sender: undefined }))).toThrow()
  })
})

describe('the form of the workflow', () => {
  const form = (inputs: object) => readTrigger({ eventName: 'workflow_dispatch', payload: { inputs, sender } })

  it.each(['42', '#42'])('asks for a plan by the number of an issue: %s', (issue) => {
    expect(form({ issue, role: '', run: '', request: '', slots: '[]' })).toEqual({
      kind: 'plan',
      issue: 42,
      label: null,
      sender: { login: 'writer', type: 'User' },
    })
  })

  it.each(['x', '42; ls', '-1', '#'])('refuses what is no number of an issue: %s', (issue) => {
    expect(() => form({ issue })).toThrow()
  })

  it('with a role is the dispatch of a job, whatever issue it names', () => {
    const inputs = { role: 'orchestrate', run: '42', request: 'o1', slots: '[]' }
    expect(form({ ...inputs, issue: '7' })).toEqual({ kind: 'dispatch', inputs })
  })
})
