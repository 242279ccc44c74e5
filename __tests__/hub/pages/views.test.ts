import { mkdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { openPages } from '../../../src/adapters/github/pages.ts'
import { logPath } from '../../../src/hub/runner/job/job-log.ts'
import {
  approved,
  done,
  history,
  landed,
  proposed,
  queued,
  requested,
  started,
  verified,
} from '../../render/support/runs.ts'
import { planOf } from '../../support/plan.ts'
import { type TestHub, testHub, where } from '../support/hub.ts'
import { commitFiles, git, remoteGit, removeFolder, temporary } from '../support/repository.ts'
import { send, visit, writeJournal } from './browser.ts'

const EVIL = `<img src=x onerror=alert(1)><script>alert(2)</script>"'><a href="javascript:alert(3)">x</a>`
/** Tags that a browser would run, or load something for, and tags with a handler or an address that runs. */
function alive(page: string): string[] {
  const ours =
    /^<script type="module" src="\/-\/live-[\w-]+\.js">$|^<link rel="stylesheet" href="\/-\/style-[\w-]+\.css">$/
  return (page.match(/<[a-z](?:"[^"]*"|[^">])*>/gi) ?? []).filter((tag) => {
    if (/^<(?:img|script|iframe|object|embed|style|link|base)\b/i.test(tag)) return !ours.test(tag)
    return /\son\w+=/i.test(tag.replaceAll(/"[^"]*"/g, '""')) || /"\s*(?:javascript|data):/i.test(tag)
  })
}

async function pullWith(hub: TestHub, files: Record<string, string>, title: string) {
  git(hub.checkout, 'switch', '-q', '-c', 'change')
  commitFiles(hub.checkout, files, title)
  await remoteGit(hub.checkout, 'push', '-q', hub.gitUrl(hub.tokens.writer), 'change')
  return hub.as('writer').pulls.create({ ...where, title, body: EVIL, head: 'change', base: 'main' })
}

describe('the pages', () => {
  it('show text of people, models and repositories as text', async () => {
    const hub = await testHub()
    await hub.as('writer').issues.create({ ...where, title: EVIL, body: `${EVIL}\n\n${EVIL}` })
    await hub.as('writer').issues.createComment({
      ...where,
      issue_number: 1,
      body: `[x](javascript:alert(1)) ![y](http://evil.example/p.png)\n\n${EVIL}`,
    })
    await pullWith(hub, { [`${EVIL.replaceAll('/', '')}.txt`]: `${EVIL}\n` }, EVIL)
    const plan = planOf('a', { title: EVIL, tasks: { a: { title: EVIL.slice(0, 100), goal: EVIL } } })
    writeJournal(
      hub,
      '1',
      history(
        { ...requested(1), title: EVIL, body: EVIL } as never,
        proposed(plan),
        approved(),
        queued('a'),
        started('a'),
      ),
    )
    const visitor = await visit(hub)
    for (const path of [
      '/',
      '/runs/1',
      '/runs/1/tasks/a',
      '/octo/demo/issues/1',
      '/octo/demo/pull/2',
      '/octo/demo/pulls',
      '/octo/demo/compare/main...change',
    ]) {
      const { status, text } = await visitor.get(path)
      expect(status, path).toBe(200)
      expect(alive(text), path).toEqual([])
      expect(text, path).toContain('onerror=alert(1)&gt;')
    }
    expect(hub.log).toEqual([])
  })

  it('stand at each address that the API hands out for people', async () => {
    const hub = await testHub()
    const writer = hub.as('writer')
    const { data: issue } = await writer.issues.create({ ...where, title: 'An issue' })
    const { data: comment } = await writer.issues.createComment({ ...where, issue_number: 1, body: 'Words' })
    const { data: pull } = await pullWith(hub, { 'a.txt': 'a\n' }, 'A pull request')
    const { octokit } = hub.job({ checks: 'write' })
    const { data: checked } = await octokit.checks.create({
      ...where,
      name: 'c',
      head_sha: pull.head.sha,
      output: { title: 'Fine', summary: '**ok**' },
    })
    mkdirSync(join(hub.dataDir, 'logs'), { recursive: true })
    const lines = ['##[group]Run true', 'with:', '##[endgroup]', '##[error]No'].map(
      (line) => `2026-01-01T00:00:02.123Z ${line}\n`,
    )
    writeFileSync(logPath(hub.dataDir, 77), lines.join(''))
    hub.host.saveJob({
      id: 77,
      run_id: hub.host.runs()[0]?.id ?? 0,
      run_attempt: 1,
      name: 'only',
      status: 'completed',
      conclusion: 'success',
      created_at: '2026-01-01T00:00:00Z',
      started_at: '2026-01-01T00:00:02Z',
      completed_at: '2026-01-01T00:01:05Z',
      steps: [
        {
          number: 1,
          name: 'Set up',
          status: 'completed',
          conclusion: 'timed_out',
          started_at: '2026-01-01T00:00:02Z',
          completed_at: '2026-01-01T00:00:05Z',
        },
      ],
      runner_name: null,
      labels: [],
      summary: '# Sum',
    })
    const run = (await writer.actions.listWorkflowRunsForRepo(where)).data.workflow_runs.at(-1)
    const job = (await writer.actions.getJobForWorkflowRun({ ...where, job_id: 77 })).data
    const commit = (await writer.repos.getCommit({ ...where, ref: pull.head.sha })).data
    const file = (await writer.repos.getContent({ ...where, path: 'a.txt', ref: 'change' })).data as {
      html_url: string
    }
    const compared = (await writer.repos.compareCommits({ ...where, base: 'main', head: 'change' })).data
    const workflow = (await writer.actions.listRepoWorkflows(where)).data.workflows[0]
    const visitor = await visit(hub)
    const addresses = [issue, comment, pull, checked, run, job, commit, file, compared, workflow].map(
      (one) => one?.html_url ?? '',
    )
    for (const address of addresses) {
      const { pathname } = new URL(address)
      const { status, text } = await visitor.get(pathname)
      expect(status, address).toBe(200)
      expect(text, address).toMatch(/<h1>/)
    }
    expect((await visitor.get('/octo/demo/pull/2')).text).toContain('+a</td>')
    const { text: ofJob } = await visitor.get(new URL(job.html_url ?? '').pathname)
    expect(ofJob).toContain('<span class="now-title">success</span>, 1 min 3 s')
    expect(ofJob).toContain('Set up <span class="lead">timed out, 3 s</span>')
    expect(ofJob).toContain('00:00:02 ▸ Run true\n00:00:02 with:\n00:00:02 Error: No')
    expect((await visitor.get('/octo/demo')).headers.location).toBe('/')
    expect((await visitor.get('/octo/demo/issues/99')).status).toBe(404)
  })

  it('give out artifacts to be saved, and show none: a job uploads what it likes', async () => {
    const hub = await testHub()
    await hub.as('writer').issues.create({ ...where, title: 'x' })
    await hub.as('writer').issues.createComment({ ...where, issue_number: 1, body: '/plan' })
    const [run] = hub.host.runs()
    vi.stubEnv('ACTIONS_RUNTIME_TOKEN', hub.host.runtimeToken({ id: 1, run_id: run?.id ?? 0 }))
    vi.stubEnv('ACTIONS_RESULTS_URL', hub.host.resultsUrl)
    vi.stubEnv('GITHUB_SERVER_URL', hub.host.serverUrl)
    const quiet = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    const folder = temporary('page')
    onTestFinished(() => {
      vi.unstubAllEnvs()
      removeFolder(folder)
    })
    const id = await openPages(folder)
      .keep('page.html', EVIL)
      .finally(() => quiet.mockRestore())
    const visitor = await visit(hub)
    const listed = (await visitor.get(`/octo/demo/actions/runs/${run?.id}`)).text
    const [, path = ''] = /<a href="([^"]+)">page\.html<\/a>/.exec(listed) ?? []
    expect(path).toBe(`/octo/demo/actions/runs/${run?.id}/artifacts/${id}`)
    const { pathname, search } = new URL(`${(await visitor.get(path)).headers.location}`)
    const saved = await visitor.get(`${pathname}${search}`)
    expect(saved).toMatchObject({ status: 200, text: EVIL })
    expect(saved.headers['content-disposition']).toMatch(/^attachment; filename="page\.html"/)
    expect(saved.headers['x-content-type-options']).toBe('nosniff')
    expect((await send(`${hub.url}${path}`)).status).toBe(401)
    expect((await visitor.get(path.replace(`${id}`, '999'))).status).toBe(404)
  })

  it('put the runs that wait for a person first', async () => {
    const hub = await testHub()
    for (const title of ['one', 'two', 'three']) await hub.as('writer').issues.create({ ...where, title })
    writeJournal(hub, '1', history(requested(1), proposed()))
    writeJournal(hub, '2', history(requested(2), proposed(), approved(), queued('types'), started('types')))
    const { text } = await (await visit(hub)).get('/')
    const places = ['Waiting for you', '/runs/1"', 'At work', '/runs/2"', 'Issues without a run', 'issues/3"'].map(
      (words) => text.indexOf(words),
    )
    expect(places).not.toContain(-1)
    expect(places).toEqual(places.toSorted((one, other) => one - other))
  })

  it('show what a task changed, and how its acceptance ended', async () => {
    const hub = await testHub()
    await hub.as('writer').issues.create({ ...where, title: 'x' })
    const { data: pull } = await pullWith(hub, { 'a.txt': 'new line\n' }, 'a')
    const [base, head] = [git(hub.checkout, 'rev-parse', 'main'), pull.head.sha]
    const [first, second, ...events] = [
      requested(1),
      proposed(planOf('a')),
      approved(),
      { ...queued('a'), base },
      started('a'),
      { ...verified('a'), head },
      landed('a'),
    ] as never[]
    writeJournal(hub, '1', history(first as never, second as never, ...events))
    const { text } = await (await visit(hub)).get('/runs/1/tasks/a')
    expect(text).toContain('<tr class="plus"><td></td><td>1</td><td>+new line</td></tr>')
    expect(text).toContain('Acceptance output, 3.2 s')
  })

  it('send what changed to a page that is open, and only that', async () => {
    const hub = await testHub()
    await hub.as('writer').issues.create({ ...where, title: 'x' })
    const begun = history(requested(1), proposed(planOf('a')), approved(), queued('a'), started('a'))
    writeJournal(hub, '1', begun)
    const visitor = await visit(hub)
    const page = (await visitor.get('/runs/1')).text
    const known = [...page.matchAll(/<section id="([^"]+)" data-part data-hash="([^"]+)"/g)].map(
      ([, id, hash]) => `${id}:${hash}`,
    )
    const stream = openStream(`${hub.url}/runs/1?known=${known.join(',')}`, visitor.cookie)
    expect(await stream.next()).toMatchObject({ now: expect.stringContaining('Running') })
    writeJournal(hub, '1', [
      ...begun,
      ...history(requested(1), proposed(planOf('a')), approved(), ...done('a')).slice(5),
    ])
    await hub.as('writer').issues.createComment({ ...where, issue_number: 1, body: 'Something new' })
    const parts = new Map<string, string>()
    while (!parts.has('thread') || !parts.has('plan')) {
      const { id, html, pieces = {} } = await stream.next()
      if (id !== undefined) parts.set(id, html ?? Object.values(pieces).join('\n'))
    }
    expect(parts.get('thread')).toContain('<p>Something new</p>')
    expect(parts.get('plan')).toMatch(/^<a id="node-a" [^>]*data-state="landed">/)
    expect(parts.has('say')).toBe(false)
  })
})

/** The messages of an event stream, one after another. */
function openStream(address: string, cookie: string) {
  const texts: string[] = []
  let wake = () => {}
  const sent = request(address, { headers: { cookie, accept: 'text/event-stream' } })
  sent.on('response', (answer) => {
    answer.setEncoding('utf8')
    let rest = ''
    answer.on('data', (chunk: string) => {
      const messages = (rest + chunk).split('\n\n')
      rest = messages.pop() ?? ''
      texts.push(...messages)
      wake()
    })
  })
  sent.on('error', () => {})
  sent.end()
  onTestFinished(() => {
    sent.destroy()
  })
  return {
    next: async (): Promise<{ id?: string; html?: string; pieces?: Record<string, string>; now?: string }> => {
      while (texts.length === 0) await new Promise<void>((resolve) => (wake = resolve))
      const data = /^data: (.*)$/m.exec(texts.shift() ?? '')?.[1] ?? '{}'
      return JSON.parse(data)
    },
  }
}
