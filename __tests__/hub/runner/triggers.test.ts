import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { matchesFilter } from '../../../src/hub/runner/workflow/trigger.ts'
import { git } from '../../support/git.ts'
import { TestHub } from './hub.ts'

let hub: TestHub
beforeEach(() => {
  hub = new TestHub()
})
afterEach(() => hub.close())

const on = (events: string): string => `on: ${events}\njobs:\n  job: { runs-on: any, steps: [{ run: 'true' }] }\n`

const count = async (name: string, payload: Record<string, unknown>): Promise<number> => {
  const ids = await hub.deliver({ name, payload })
  await hub.runner.idle()
  return ids.length
}

describe('an event', () => {
  it('starts every workflow of the default branch that listens to it, and to this type of it', async () => {
    hub
      .workflow(on('{ issue_comment: { types: [created] } }'), 'a.yml')
      .workflow(on('[issues, issue_comment]'), 'b.yaml')
    expect(await count('issue_comment', { action: 'created' })).toBe(2)
    expect(await count('issue_comment', { action: 'edited' })).toBe(1)
    expect(await count('issues', { action: 'opened' })).toBe(1)
    expect(await count('watch', { action: 'started' })).toBe(0)
  })

  it('numbers the runs of each workflow by itself', async () => {
    hub.workflow(on('issues'), 'a.yml').workflow(on('[issues, issue_comment]'), 'b.yml')
    await count('issues', {})
    await count('issue_comment', {})
    const numbers = hub.host.runs().map((run) => `${run.path.slice(-5)} ${run.run_number}`)
    expect(numbers).toEqual(['a.yml 1', 'b.yml 1', 'b.yml 2'])
  })

  it('of a pull request is heard for opened, synchronize and reopened, unless types say else', async () => {
    hub.workflow(on('pull_request'), 'a.yml')
    hub.workflow(on('{ pull_request: { types: [closed], branches: ["tributary/**"] } }'), 'b.yml')
    git(hub.gitDir, ['branch', 'topic', 'main'])
    const head = hub.commit({ x: 'y' }, 'topic')
    const pull = (ref: string) => ({
      pull_request: {
        number: 5,
        title: 'T',
        merged: false,
        head: { ref: 'topic', sha: head },
        base: { ref, sha: head },
      },
    })
    expect(await count('pull_request', { action: 'opened', ...pull('main') })).toBe(1)
    expect(await count('pull_request', { action: 'closed', ...pull('main') })).toBe(0)
    expect(await count('pull_request', { action: 'closed', ...pull('tributary/42/trunk') })).toBe(1)
    expect(hub.host.runs()[0]).toMatchObject({ head_branch: 'topic', head_sha: head, display_title: 'T' })
  })

  it('of a pull request is not heard while it is in conflict with its base', async () => {
    hub.workflow(on('{ pull_request: { types: [closed] }, pull_request_review: { types: [submitted] } }'), 'a.yml')
    const base = hub.commit({ x: 'base' })
    git(hub.gitDir, ['branch', 'topic', 'main'])
    const head = hub.commit({ x: 'topic' }, 'topic')
    const theirs = hub.commit({ x: 'theirs' })
    const pull = { number: 5, title: 'T', head: { ref: 'topic', sha: head }, base: { ref: 'main', sha: base } }
    expect(await count('pull_request', { action: 'closed', pull_request: { ...pull, merged: false } })).toBe(0)
    expect(await count('pull_request_review', { action: 'submitted', pull_request: pull })).toBe(0)
    expect(
      await count('pull_request', {
        action: 'closed',
        pull_request: { ...pull, merged: true, merge_commit_sha: theirs },
      }),
    ).toBe(1)
  })

  it('of a push is filtered by branch, tag and path', async () => {
    hub.workflow(on('{ push: { branches: [main, "rel/*"], paths: ["src/**", "!src/docs/**"] } }'))
    const before = hub.commit({ 'README.md': 'x' })
    const pushed = (ref: string, files: Record<string, string>) => ({ ref, before, after: hub.commit(files) })
    expect(await count('push', pushed('refs/heads/main', { 'src/a.ts': '1' }))).toBe(1)
    expect(await count('push', pushed('refs/heads/rel/1', { 'src/b.ts': '1' }))).toBe(1)
    expect(await count('push', pushed('refs/heads/other', { 'src/c.ts': '1' }))).toBe(0)
    expect(await count('push', pushed('refs/tags/v1', { 'src/d.ts': '1' }))).toBe(0)
    const docs = { ref: 'refs/heads/main', before: hub.commit({ z: '' }), after: hub.commit({ 'src/docs/x.md': '1' }) }
    expect(await count('push', docs)).toBe(0)
  })

  it('that dispatches reaches the one workflow it names, with typed inputs and their defaults', async () => {
    hub.workflow(`
on:
  workflow_dispatch:
    inputs:
      role: { type: choice, options: [work, orchestrate], default: work }
      slots: { type: number, default: 4 }
      dry: { type: boolean, default: false }
jobs:
  job:
    runs-on: any
    steps:
      - run: echo '\${{ toJSON(inputs) }}' | tr -d ' \\n'; echo; echo '\${{ toJSON(github.event.inputs) }}' | tr -d ' \\n'
`)
    hub.workflow(on('workflow_dispatch'), 'other.yml')
    await hub.dispatch({ slots: '2', dry: 'true' }, '.github/workflows/ci.yml')
    await hub.runner.idle()
    expect(hub.host.runs()).toHaveLength(1)
    expect(hub.lines).toContain('job | {"role":"work","slots":2,"dry":true}')
    expect(hub.lines).toContain('job | {"role":"work","slots":"2","dry":"true"}')
  })

  it('that dispatches on a branch runs that branch', async () => {
    hub.workflow(on('workflow_dispatch'))
    const sha = hub.commit({ '.github/workflows/ci.yml': on('workflow_dispatch'), a: 'b' }, 'topic')
    await hub.deliver({ name: 'workflow_dispatch', workflow: 'ci.yml', payload: { ref: 'topic' } })
    await hub.runner.idle()
    expect(hub.host.runs()[0]).toMatchObject({ head_branch: 'topic', head_sha: sha })
  })
})

describe('a workflow file that is not valid', () => {
  it('makes a failed run whose title carries what the parser says', async () => {
    hub.workflow('on: issues\njobs:\n  job:\n    runs-on: any\n    steps:\n      - rum: x\n')
    await count('issue_comment', {})
    expect(hub.host.runs()).toEqual([])
    await count('issues', {})
    const [run] = hub.host.runs()
    expect(run).toMatchObject({ status: 'completed', conclusion: 'failure', path: '.github/workflows/ci.yml' })
    expect(run?.display_title).toMatch(/^Invalid workflow file: .*ci\.yml \(Line: 6, Col: 9\): Unexpected value 'rum'/)
  })

  it('says so for a cycle, an unknown need and text that is no YAML', async () => {
    const cycle = 'jobs:\n  a: { needs: b, runs-on: x, steps: [] }\n  b: { needs: a, runs-on: x, steps: [] }\n'
    hub.workflow(`on: issues\n${cycle}`, 'a.yml')
    hub.workflow(
      'on: issues\njobs:\n  o: { runs-on: x, steps: [] }\n  a: { needs: zzz, runs-on: x, steps: [] }\n',
      'b.yml',
    )
    hub.workflow('on: [issues\n', 'c.yml')
    await count('issues', {})
    const titles = hub.host.runs().map((run) => run.display_title)
    expect(titles).toHaveLength(3)
    expect(titles[0]).toContain('at least one job with no dependencies')
    expect(titles[1]).toContain('zzz')
    expect(titles[2]).toMatch(/Invalid workflow file: /)
  })
})

describe('a filter pattern', () => {
  it.each([
    [['main'], 'main', true],
    [['rel/*'], 'rel/1/2', false],
    [['rel/**'], 'rel/1/2', true],
    [['**/docs/*.md'], 'docs/a.md', true],
    [['v[0-9]+.x'], 'v12.x', true],
    [['*.jsx?'], 'a.js', true],
    [['**', '!main'], 'main', false],
    [['a.b'], 'axb', false],
  ])('%j on %s is %s', (patterns, text, expected) => {
    expect(matchesFilter(patterns, text)).toBe(expected)
  })
})
