import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { JobRecord } from '../../../src/hub/host.ts'
import { runRecord, testHub } from '../support/hub.ts'
import { commitFiles, createCheckout, git } from '../support/repository.ts'
import { send, visit } from './browser.ts'

it('the diff of a line of millions of characters makes a small page', async () => {
  const repo = createCheckout({ 'README.md': '# Demo\n' })
  commitFiles(repo, { 'packed.js': `${'x'.repeat(3_000_000)}\n` })
  const hub = await testHub({ repo })
  const { status, text } = await (await visit(hub)).get(`/octo/demo/commit/${git(repo, 'rev-parse', 'HEAD').trim()}`)
  expect(status).toBe(200)
  expect(text).toContain('xxx…</td>')
  expect(text.length).toBeLessThan(10_000)
})

it('a diff of 100,000 lines, and one of a thousand files, show their beginning and lead to the whole', async () => {
  const repo = createCheckout({ 'README.md': '# Demo\n' })
  const lines = Array.from({ length: 100_000 }, (_, index) => `line ${index}`).join('\n')
  commitFiles(repo, { 'a/#long?.txt': `${lines}\n`, 'z.txt': 'last\n' })
  const long = git(repo, 'rev-parse', 'HEAD').trim()
  commitFiles(repo, Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`f/${index}.txt`, 'x\n'])))
  const many = git(repo, 'rev-parse', 'HEAD').trim()
  const visitor = await visit(await testHub({ repo }))
  const { text } = await visitor.get(`/octo/demo/commit/${long}`)
  expect(text.length).toBeLessThan(600_000)
  expect(text).toContain('96001 more changed lines')
  const [, whole = ''] = /only its beginning is shown: <a href="([^"]+)">the whole diff<\/a>/.exec(text) ?? []
  const raw = await visitor.get(whole)
  expect(raw.text.match(/^\+line \d+$/gm)).toHaveLength(100_000)
  expect(raw.headers).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
  })
  const files = (await visitor.get(`/octo/demo/commit/${many}`)).text
  expect(files.match(/<details class="file"/g)).toHaveLength(300)
  expect(files).toContain('700 more files')
  const file = (await visitor.get(`/octo/demo/blob/${long}/a/%23long%3F.txt`)).text
  expect(file.length).toBeLessThan(600_000)
  const [, path = ''] = /The beginning of a long file: <a href="([^"]+)">/.exec(file) ?? []
  expect((await visitor.get(path)).text).toBe(`${lines}\n`)
  expect((await visitor.get(path.replace('long', 'gone'))).status).toBe(404)
  expect((await visitor.get(`/raw/file/${long}/a`)).status).toBe(404)
})

it('a log of 50 MB shows its end, from the beginning of a line, and leads to the whole', async () => {
  const hub = await testHub()
  const run = runRecord(hub.host, { name: 'issues', actor: 'admin' })
  hub.host.saveRun(run)
  hub.host.saveJob({ ...job, run_id: run.id })
  mkdirSync(join(hub.dataDir, 'logs'), { recursive: true })
  const line = `2026-01-01T10:20:30.0000000Z ${'x'.repeat(70)}\n`
  writeFileSync(join(hub.dataDir, 'logs', '77.log'), `${line.repeat(500_000)}2026-01-01T10:20:31.0000000Z the end\n`)
  const visitor = await visit(hub)
  const page = (await visitor.get(`/octo/demo/actions/runs/${run.id}/job/77`)).text
  expect(page.length).toBeLessThan(250_000)
  expect(page).toMatch(/<pre tabindex="0">10:20:30 x{70}\n/)
  expect(page).toContain('10:20:31 the end')
  const [, path = ''] = /The end of a long log: <a href="([^"]+)">/.exec(page) ?? []
  expect((await visitor.get(path)).text.length).toBe(line.length * 500_000 + 37)
  expect((await send(`${hub.url}${path}`)).status).toBe(401)
  expect((await visitor.get('/raw/log/78')).status).toBe(404)
})

const job: Omit<JobRecord, 'run_id'> = {
  id: 77,
  run_attempt: 1,
  name: 'only',
  status: 'completed',
  conclusion: 'success',
  created_at: '2026-01-01T00:00:00Z',
  started_at: null,
  completed_at: null,
  steps: [],
  runner_name: null,
  labels: [],
  summary: '',
}
