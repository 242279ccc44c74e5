import { describe, expect, it } from 'vitest'
import { baselineCommands } from '../../../src/core/plan/checks.ts'
import type { RunEvent } from '../../../src/core/run/event.ts'
import {
  approved,
  done,
  example,
  failed,
  history,
  planningBegun,
  projected,
  proposed,
  queued,
  requested,
  started,
  type TimedEvent,
} from '../../render/support/runs.ts'
import { planOf } from '../../support/plan.ts'
import { type TestHub, testHub, where } from '../support/hub.ts'
import { commitFiles, git, remoteGit } from '../support/repository.ts'
import { fieldsOf, type Visitor, visit, writeJournal } from './browser.ts'

async function hubWith(events: readonly RunEvent[]) {
  const hub = await testHub()
  await hub.as('writer').issues.create({ ...where, title: 'Cents get lost' })
  writeJournal(hub, '1', events)
  const visitor = await visit(hub)
  return { hub, visitor, page: (await visitor.get('/runs/1')).text }
}

const lastComment = async (hub: TestHub) =>
  (await hub.as('reader').issues.listComments({ ...where, issue_number: 1 })).data.at(-1)

describe('a form', () => {
  it('opens an issue and asks for its plan, as the person who may approve it', async () => {
    const hub = await testHub()
    const visitor = await visit(hub)
    const answer = await visitor.post('/issues', [
      ['title', 'Round up'],
      ['body', 'Line one\r\nline two'],
    ])
    expect(answer).toMatchObject({ status: 303, headers: { location: '/runs/1' } })
    const { data } = await hub.as('reader').issues.get({ ...where, issue_number: 1 })
    expect(data).toMatchObject({ title: 'Round up', body: 'Line one\nline two', user: { login: 'admin' } })
    expect(await lastComment(hub)).toMatchObject({ body: '/plan', user: { login: 'admin' } })
    expect(hub.events.map(({ name }) => name)).toEqual(['issues', 'issue_comment'])
    expect((await visitor.get('/runs/1')).text).toContain('<h1>Run 1: Round up</h1>')
  })

  it('approves exactly the plan that is shown, whole or in part', async () => {
    const { hub, visitor, page } = await hubWith(history(requested(1), proposed(planOf('a > c, b'))))
    const fields = fieldsOf(page, 'Approve')
    const [, command = ''] = fields.find(([name]) => name === 'command') ?? []
    expect(command).toMatch(/^\/approve [0-9a-f]{12}$/)
    expect(page).toContain(`posts <code data-shown>${command}</code>`)
    const posted = await visitor.post('/comments', fields)
    expect(await lastComment(hub)).toMatchObject({ body: command })
    const back = await visitor.get(`${posted.headers.location}`)
    expect(back.text).toContain(`Posted on #1: <a href="#issuecomment-`)
    await visitor.post(
      '/comments',
      fields.filter(([name, value]) => name !== 'only' || value !== 'b'),
    )
    expect(await lastComment(hub)).toMatchObject({ body: `${command} --only a,c` })
    const none = await visitor.post(
      '/comments',
      fields.filter(([name]) => name !== 'only'),
    )
    expect(none).toMatchObject({ status: 400 })
    expect(none.text).toContain('No task was chosen')
  })

  it('shows before an approval what changed since the last version, and what the checks do on the base', async () => {
    const [asked, first] = [{ ...requested(1), mayApprove: true } as TimedEvent, proposed(planOf('a'))]
    const events = [asked, first, proposed(planOf('a > b'))]
    const before = await hubWith(history(...events))
    expect(before.page).toContain('What is different from version 1')
    expect(before.page).toContain('Added: <code>b</code>')
    expect(before.page).toContain('<strong>On the base:</strong> the checks run there now')
    const check = { outcome: 'failed', exitCode: 2, seconds: 1, log: 'no such file' } as const
    const passes = { ...check, outcome: 'passed', exitCode: 0, log: '' } as const
    const checks = baselineCommands(planOf('a > b')).map((_, index) => (index === 0 ? check : passes))
    const taken = [
      { type: 'baseline_started', version: 2, slot: 'r1.1' } as const,
      { type: 'baseline_taken', version: 2, checks, sandbox: 'bubblewrap 0.8.0' } as const,
    ]
    writeJournal(before.hub, '1', history(...events, ...taken))
    const { text } = await before.visitor.get('/runs/1')
    const [form = ''] = text.split('<form').filter((one) => one.includes('>Approve</button>'))
    expect(form).toContain('1 acceptance fails as it should')
    expect(form).toMatch(/What each check does on the base[\s\S]*<td>fails as it should \(exit code 2\)<\/td>/)
    expect(form).toContain('no such file')
  })

  it('retries with words, skips, and posts what was typed, each word for word', async () => {
    const failure = { reason: 'acceptance-failed', exitCode: 3, log: 'no' } as const
    const events = history(
      requested(1),
      proposed(example),
      approved(),
      queued('types'),
      started('types'),
      failed('types', failure),
    )
    const { hub, visitor, page } = await hubWith(events)
    expect(page).toContain('<h2>Needs you</h2>')
    await visitor.post('/comments', [...fieldsOf(page, 'Retry types'), ['words', 'in whole cents\r\nplease']])
    expect(await lastComment(hub)).toMatchObject({ body: '/retry types -- in whole cents\nplease' })
    await visitor.post('/comments', fieldsOf(page, 'Skip types'))
    expect(await lastComment(hub)).toMatchObject({ body: '/skip types' })
    await visitor.post('/comments', [...fieldsOf(page, 'Comment'), ['body', '/steer types -- "<b>"']])
    expect(await lastComment(hub)).toMatchObject({ body: '/steer types -- "<b>"' })
    expect((await visitor.post('/comments', fieldsOf(page, 'Comment'))).status).toBe(400)
  })

  it('answers questions, raises the limit and steers a task, each by its command', async () => {
    const question = { id: 'q1', question: 'Which format?', options: ['JSON', 'XML'], default: 'JSON' }
    const asked: TimedEvent = { type: 'questions_asked', questions: [question, { ...question, id: 'q2' }] }
    const { hub, visitor, page } = await hubWith(history(requested(1), planningBegun(), asked))
    const fields = fieldsOf(page, 'Answer')
    await visitor.post('/comments', [...fields, ['words-2', 'as YAML\r\nplease']])
    expect(await lastComment(hub)).toMatchObject({ body: '/answer 1a\n2: as YAML please' })
    const plan = planOf('types', { tasks: { types: { interface: '`toCents(x)`' } } })
    const begun = [requested(1), proposed(plan), approved(), queued('types'), started('types')]
    writeJournal(hub, '1', history(...begun, { type: 'run_paused', by: 'tributary', why: 'no money', cause: 'budget' }))
    const paused = (await visitor.get('/runs/1')).text
    await visitor.post('/comments', [...fieldsOf(paused, 'Set the limit'), ['amount', '7.5']])
    expect(await lastComment(hub)).toMatchObject({ body: '/budget 7.5usd' })
    const task = (await visitor.get('/runs/1/tasks/types')).text
    expect(task).toContain('<dt>Promised interface</dt><dd><code>toCents(x)</code></dd>')
    const posted = await visitor.post('/comments', [...fieldsOf(task, 'Tell types'), ['words', 'keep it short']])
    expect(await lastComment(hub)).toMatchObject({ body: '/steer types -- keep it short' })
    expect(posted.headers.location).toMatch(/^\/runs\/1\/tasks\/types\?note=/)
  })

  it('leads back to pages of the hub only', async () => {
    const { visitor } = await hubWith(history(requested(1), proposed()))
    for (const back of ['//evil.example/', 'https://evil.example/', '/\\evil.example', 'javascript:alert(1)']) {
      const { headers } = await visitor.post('/comments', [
        ['thread', '1'],
        ['body', 'x'],
        ['back', back],
      ])
      expect(headers.location, back).toMatch(/^\/\?note=/)
    }
  })

  describe('for a run that is done', () => {
    /** A finished run whose trunk has one commit, with its final pull request. */
    async function doneRun(results: Parameters<typeof testHub>[0] = {}) {
      const hub = await testHub(results)
      const writer = hub.as('writer')
      await writer.issues.create({ ...where, title: 'Cents get lost' })
      git(hub.checkout, 'switch', '-q', '-c', 'tributary/1/trunk')
      commitFiles(hub.checkout, { 'a.txt': 'a\n' }, 'a')
      await remoteGit(hub.checkout, 'push', '-q', hub.gitUrl(hub.tokens.writer), 'tributary/1/trunk')
      const { data: pull } = await writer.pulls.create({
        ...where,
        title: 'Cents',
        head: 'tributary/1/trunk',
        base: 'main',
      })
      const tip = pull.head.sha
      const begun = [requested(1), proposed(planOf('a')), approved(), ...done('a'), projected(['pull:trunk', 2])]
      const events = history(...begun.slice(0, -2), { type: 'trunk_moved', task: 'a', sha: tip }, ...begun.slice(-1), {
        type: 'run_finished',
        sha: tip,
      })
      writeJournal(hub, '1', events)
      return { hub, visitor: await visit(hub), tip }
    }
    const waiting = async (visitor: Visitor) =>
      /<h2>Waiting for you<\/h2>[\s\S]*\/runs\/1"/.test((await visitor.get('/')).text)

    it('merges the head that is shown into the base, in the name of the person, and tells the workflow', async () => {
      const { hub, visitor, tip } = await doneRun()
      expect(await waiting(visitor)).toBe(true)
      const page = (await visitor.get('/runs/1')).text
      expect(page).not.toContain('>Fetch the branch</button>')
      const fields = fieldsOf(page, 'Merge')
      expect(fields).toContainEqual(['sha', tip])
      expect(fieldsOf((await visitor.get('/octo/demo/pull/2')).text, 'Merge')).toContainEqual(['sha', tip])
      const stale = fields.map(([name, value]) => [name, name === 'sha' ? 'f'.repeat(40) : value] as const)
      const refused = await visitor.post('/pulls/2/merge', stale)
      expect(refused.status).toBe(409)
      expect(refused.text).toContain('Head branch was modified')
      const merged = await visitor.post('/pulls/2/merge', fields)
      expect(merged.status).toBe(303)
      expect((await visitor.get(`${merged.headers.location}`)).text).toContain(
        'Pull request #2 is merged into <code>main</code>',
      )
      const { data } = await hub.as('reader').pulls.get({ ...where, pull_number: 2 })
      expect(data).toMatchObject({ merged: true, merged_by: { login: 'admin' } })
      const closed = hub.events.find(({ name, payload }) => name === 'pull_request' && payload.action === 'closed')
      expect(closed).toMatchObject({ actor: 'admin', payload: { pull_request: { number: 2, merged: true } } })
      expect((await visitor.get('/octo/demo/pull/2')).text).not.toContain('>Merge</button>')
      expect((await visitor.post('/pulls/2/merge', fields)).status).toBe(409)
    })

    it('offers no merge of a draft, nor of what conflicts with the base', async () => {
      const { hub, visitor } = await doneRun()
      git(hub.checkout, 'switch', '-q', 'main')
      commitFiles(hub.checkout, { 'a.txt': 'other\n' }, 'other')
      await remoteGit(hub.checkout, 'push', '-q', hub.gitUrl(hub.tokens.writer), 'main')
      const page = (await visitor.get('/runs/1')).text
      expect(page).toContain('It conflicts with <code>main</code>')
      expect(page).not.toContain('>Merge</button>')
      git(hub.checkout, 'switch', '-q', '-c', 'more', 'main')
      commitFiles(hub.checkout, { 'b.txt': 'b\n' }, 'b')
      await remoteGit(hub.checkout, 'push', '-q', hub.gitUrl(hub.tokens.writer), 'more')
      await hub.as('writer').pulls.create({ ...where, title: 'b', head: 'more', base: 'main', draft: true })
      expect((await visitor.get('/octo/demo/pull/3')).text).toContain('It is a draft')
    })

    it('takes the result into the repository of the person, says the branch, and then waits for nothing', async () => {
      const taken: string[] = []
      const asked: string[] = []
      const { visitor, tip } = await doneRun({
        takeResult: async (run) => {
          taken.push(run)
          return { branch: 'tributary-1', commit: 'a'.repeat(40) }
        },
        hasResult: async (commit) => {
          asked.push(commit)
          return taken.length > 0
        },
      })
      expect(await waiting(visitor)).toBe(true)
      expect(fieldsOf((await visitor.get('/runs/1')).text, 'Merge')).toEqual([])
      const answer = await visitor.post('/runs/1/take', [])
      expect(taken).toEqual(['1'])
      const after = (await visitor.get(`${answer.headers.location}`)).text
      expect(after).toContain('the branch <code>tributary-1</code> now, at <code>aaaaaaaa</code>')
      expect(after).not.toContain('<h2>Needs you</h2>')
      expect(after).toContain('>Fetch the branch</button>')
      expect(await waiting(visitor)).toBe(false)
      expect(new Set(asked)).toEqual(new Set([tip]))
    })
  })
})
