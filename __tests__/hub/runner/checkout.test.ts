import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type GitServer, serveGit } from '../../support/git-server.ts'
import { TestHub } from './hub.ts'

let hub: TestHub
let server: GitServer
beforeEach(async () => {
  hub = new TestHub()
  server = await serveGit(hub.folder)
  hub.serverUrl = server.url
})
afterEach(() => hub.close())

const steps = (text: string): string => `
on: workflow_dispatch
jobs:
  job:
    runs-on: any
    steps:
${text}
`

const said = (): string[] => hub.lines.map((line) => line.replace('job | ', ''))

describe('actions/checkout', () => {
  it('brings the commit of the event at depth 1, on its branch, with the token of the job', async () => {
    hub.commit({ 'a.txt': 'old' })
    hub.workflow(
      steps(`
      - { id: co, uses: actions/checkout@v4 }
      - run: |
          echo "on $(git rev-parse --abbrev-ref HEAD), $(git rev-list --count HEAD) commit, $(cat a.txt)"
          test "$(git rev-parse HEAD)" = "$GITHUB_SHA" && test "\${{ steps.co.outputs.commit }}" = "$GITHUB_SHA"
`),
    )
    const outcome = await hub.play()
    expect(outcome.run.conclusion).toBe('success')
    expect(said()).toContain('on main, 1 commit, old')
    const credentials = Buffer.from(`x-access-token:${hub.issued[0]?.token}`).toString('base64')
    expect(server.asked).toContain('git-upload-pack')
    expect(new Set(server.credentials)).toEqual(new Set([`basic ${credentials}`]))
  })

  it('leaves credentials for a push, and none with persist-credentials: false', async () => {
    hub.workflow(
      steps(`
      - uses: actions/checkout@v4
      - run: git push --quiet origin HEAD:refs/heads/pushed
      - { uses: actions/checkout@v4, with: { path: bare, persist-credentials: false } }
      - { name: refused, working-directory: bare, run: git push --quiet origin HEAD:refs/heads/other }
`),
    )
    const outcome = await hub.play()
    expect(outcome.steps('job')).toMatchObject({ refused: 'failure' })
    expect(hub.commit({ more: '' }, 'pushed')).not.toBe(outcome.run.head_sha)
    expect(outcome.log('job')).not.toContain(Buffer.from(`x-access-token:${hub.issued[0]?.token}`).toString('base64'))
    expect(outcome.log('job')).toContain("fatal: could not read Username for '")
  })

  it('takes a branch, a commit, a full ref, all of history, and a folder', async () => {
    const first = hub.commit({ 'a.txt': 'first' })
    const topic = hub.commit({ 'a.txt': 'topic' }, 'topic/one')
    hub.commit({ 'a.txt': 'second' })
    hub.commit({ 'a.txt': 'journal' }, 'x')
    hub.workflow(
      steps(`
      - { uses: actions/checkout@v4, with: { ref: topic/one, path: t } }
      - { uses: actions/checkout@v4, with: { ref: ${first}, path: f } }
      - { uses: actions/checkout@v4, with: { fetch-depth: 0, path: all } }
      - { uses: actions/checkout@v4, with: { ref: refs/heads/x, path: x } }
      - run: |
          echo "$(cat t/a.txt) $(cat f/a.txt) $(cat all/a.txt) $(cat x/a.txt)"
          echo "$(git -C t rev-parse --abbrev-ref HEAD) $(git -C all rev-list --count HEAD) $(git -C all branch -r | wc -l)"
          test "$(git -C t rev-parse HEAD)" = ${topic}
      - { name: missing, uses: actions/checkout@v4, with: { ref: nowhere, path: n } }
`),
    )
    const outcome = await hub.play()
    expect(said()).toEqual(expect.arrayContaining(['topic first second journal', 'topic/one 3 3']))
    expect(outcome.steps('job')).toMatchObject({ missing: 'failure' })
    expect(said()).toContain("##[error]A branch or tag with the name 'nowhere' could not be found")
  })

  it('refuses another repository and a path outside of the workspace', async () => {
    hub.workflow(
      steps(`
      - { uses: actions/checkout@v4, with: { repository: other/repo }, continue-on-error: true }
      - { uses: actions/checkout@v4, with: { path: ../.. }, continue-on-error: true }
`),
    )
    await hub.play()
    expect(said()).toContain('##[error]The hub serves octo/demo only: other/repo cannot be checked out.')
    expect(said().some((line) => line.includes('is not under'))).toBe(true)
  })
})
