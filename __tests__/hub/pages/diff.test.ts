import { expect, it } from 'vitest'
import { testHub } from '../support/hub.ts'
import { commitFiles, createCheckout, git } from '../support/repository.ts'
import { visit } from './browser.ts'

it('the diff of a line of millions of characters makes a small page', async () => {
  const repo = createCheckout({ 'README.md': '# Demo\n' })
  commitFiles(repo, { 'packed.js': `${'x'.repeat(3_000_000)}\n` })
  const hub = await testHub({ repo })
  const { status, text } = await (await visit(hub)).get(`/octo/demo/commit/${git(repo, 'rev-parse', 'HEAD').trim()}`)
  expect(status).toBe(200)
  expect(text).toContain('xxx…</td>')
  expect(text.length).toBeLessThan(10_000)
})
