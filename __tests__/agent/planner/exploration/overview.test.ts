import { describe, expect, it } from 'vitest'
import { overviewText } from '../../../../src/agent/planner/exploration/outline.ts'
import { readOverview } from '../../../../src/agent/planner/exploration/overview.ts'
import { quotesWith } from '../../../../src/agent/prompts/quote.ts'
import { type MemoryTree, memorySources } from '../../../support/memory/files.ts'
import { input } from '../planner-fixtures.ts'

const many = (folder: string, count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`${folder}/f${String(n).padStart(3, '0')}.ts`, 'x\n']))

const seen = async (files: Record<string, string>, over: Partial<MemoryTree> = {}, asked = input()) => {
  const overview = await readOverview(memorySources({ files: new Map(Object.entries(files)), ...over }), asked)
  return { overview, text: overviewText(overview, quotesWith('n0nce')) }
}
const issue = (title: string, body: string) => input({ issue: { number: 42, title, body }, words: '' })
/** The lines of one fence. */
const block = (text: string, name: string): string[] =>
  new RegExp(`what="${name}"[^>]*>\\n([^]*?)\\n</untrusted`).exec(text)?.[1]?.split('\n') ?? []

describe('the first look at a repository', () => {
  it('is all paths of a small one, in their order', async () => {
    const { text } = await seen({ 'b/two.ts': '', 'a.ts': '', 'README.md': '# It' })
    expect(block(text, 'paths')).toEqual(['README.md', 'a.ts', 'b/two.ts'])
    expect(block(text, 'file README.md')).toEqual(['# It'])
  })

  it('begins, of a large one, with what the issue speaks of, wherever it stands in the alphabet', async () => {
    const files = { ...many('aaa', 4000), 'zzz/retry/requests.ts': '', 'zzz/other.ts': '' }
    const { text, overview } = await seen(files)
    expect(overview.paths).toHaveLength(4002)
    expect(block(text, 'paths')[0]).toBe('zzz/retry/requests.ts')
    expect(block(text, 'folders')[0]).toBe('zzz/retry/ (1)')
  })

  it('puts files first that hold a name of code from the issue', async () => {
    const files = { ...many('aaa', 300), 'deep/in/there.ts': 'const retryBudget = 3\n' }
    const { text } = await seen(files, {}, issue('Too few tries', 'Raise retryBudget.'))
    expect(block(text, 'paths')).toEqual(['deep/in/there.ts'])
  })

  it('ranks by what other files import, and by what changed lately', async () => {
    const importing = Object.fromEntries(
      Array.from({ length: 200 }, (_, n) => [`users/u${n}.ts`, "import { core } from '../kernel/core.ts'\n"]),
    )
    const files = { ...importing, 'kernel/core.ts': '', 'kernel/unused.ts': '', 'hot/path.ts': '' }
    const { text } = await seen(files, { lately: { 'hot/path.ts': 20 } }, issue('It fails', 'Why?'))
    expect(block(text, 'paths')).toEqual(['kernel/core.ts', 'hot/path.ts'])
    expect(block(text, 'folders').slice(0, 2)).toEqual(['kernel/ (2)', 'hot/ (1)'])
  })

  it('names the packages of a workspace, with the manifests of those that matter, and no fixtures', async () => {
    const files = {
      ...many('packages/api/src', 200),
      ...many('packages/web/src', 200),
      'package.json': '{"workspaces":["packages/*"]}',
      'packages/api/package.json': '{"name":"api"}',
      'packages/web/package.json': '{"name":"web"}',
      'packages/web/src/retry-requests.ts': '',
      'packages/web/fixtures/sample/package.json': '{}',
    }
    const { text, overview } = await seen(files)
    expect(overview.packages).toEqual(['packages/api/', 'packages/web/'])
    expect(block(text, 'packages')).toEqual(['packages/web/ (203)', 'packages/api/ (201)'])
    expect(block(text, 'file packages/web/package.json')).toEqual(['{"name":"web"}'])
  })

  it('says what it left out, and stays short however large the repository is', async () => {
    const folders = Array.from({ length: 300 }, (_, n) => many(`f${String(n).padStart(3, '0')}`, 10))
    const { text } = await seen(Object.assign({}, ...folders))
    expect(block(text, 'folders')).toHaveLength(80)
    expect(text).toContain('Left out: 220 more folders with 2200 files')
    expect(block(text, 'left out').at(-1)).toBe('and 190 more')
    expect(text.length).toBeLessThan(10_000)
  })

  it('is the same each time', async () => {
    const files = { ...many('b', 200), ...many('a', 200) }
    const turned = Object.fromEntries(Object.entries(files).toReversed())
    expect((await seen(turned)).text).toBe((await seen(files)).text)
  })
})
