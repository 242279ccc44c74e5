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

const closed = (change: object = {}, head: object = {}) => ({
  eventName: 'pull_request',
  payload: {
    action: 'closed',
    number: 43,
    pull_request: {
      number: 43,
      merged: true,
      head: { ref: 'tributary/42/trunk', sha: 'a'.repeat(40), repo: { full_name: 'octo/shop' }, ...head },
      base: { ref: 'main', repo: { full_name: 'octo/shop' } },
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

describe('a closed pull request', () => {
  it('is read with its branch and whether it was merged', () => {
    const read = { kind: 'pull-closed', number: 43, headBranch: 'tributary/42/trunk', merged: true }
    expect(readTrigger(closed())).toEqual({ ...read, sender: { login: 'writer', type: 'User' } })
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
