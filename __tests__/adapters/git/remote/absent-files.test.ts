import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openJournal } from '../../../../src/adapters/git/journal/journal.ts'
import { openRepo } from '../../../../src/adapters/git/repo.ts'
import { replay } from '../../../../src/core/run/evolve.ts'
import { planRequested } from '../../../support/events.ts'
import { type BareRemote, bareRemote, commit, git, type TreeLiteral, tempDir } from '../../../support/git.ts'
import { serveGit } from '../../../support/git-server.ts'
import { hastyClock } from '../../../support/hasty-clock.ts'

const FETCH = 'git-upload-pack'
const words = { subject: 'Merge' }

/** Text that no compression makes much smaller. */
const noise = (seed: number): string =>
  Array.from({ length: 3000 }, (_, index) => `${Math.trunc(Math.abs(Math.sin(seed * 7919 + index)) * 1e9)}\n`).join('')

const LINES = Array.from({ length: 40 }, (_, index) => `line ${index}\n`)
const shared = (change: Readonly<Record<number, string>> = {}): string =>
  LINES.map((line, index) => change[index] ?? line).join('')

const files = (change: TreeLiteral = {}): TreeLiteral => ({
  'README.md': 'Hello\n',
  shared: shared(),
  large: { folder: Object.fromEntries([1, 2, 3, 4, 5, 6].map((seed) => [`noise${seed}`, noise(seed)])) },
  src: { folder: { 'a.ts': 'export const a = 1\n', 'b.ts': 'export const b = 1\n' } },
  ...change,
})

/** A repository behind http, and another one of the same remote that has every file. */
async function stage(change: (remote: BareRemote) => void = () => {}) {
  const root = tempDir()
  const remote = bareRemote(join(root, 'remote.git'))
  const base = remote.commit(files())
  remote.point('refs/heads/main', base)
  change(remote)
  const server = await serveGit(root)
  const options = (remoteUrl: string) => ({
    gitDir: join(tempDir(), 'repo.git'),
    remoteUrl,
    token: 'ghs_0123456789abcdefghij',
    clock: hastyClock(),
  })
  const own = options(`${server.url}/remote.git`)
  const [repo, whole] = [await openRepo(own), await openRepo(options(remote.url))]
  await repo.fetch([base])
  await whole.fetch([base])
  return { remote, server, base, own, repo, whole, bundle: bundlesOf(remote) }
}

/** Makes a slot's commit on a clone, and its bundle; as slots make them, unless `thin`. */
function bundlesOf(remote: BareRemote) {
  const slot = join(tempDir(), 'slot')
  git(tempDir(), ['clone', '--quiet', '--depth=1', remote.url, slot])
  return (literal: TreeLiteral, parent: string, { thin = false } = {}) => {
    const head = commit(slot, literal, [parent])
    const file = join(slot, `${head}.bundle`)
    git(slot, ['update-ref', 'refs/hand-over', head])
    const window = thin ? 'pack.window=10' : 'pack.window=0'
    git(slot, ['-c', window, 'bundle', 'create', '--quiet', file, 'refs/hand-over', `^${parent}`])
    return { head, file }
  }
}

it('fetches a base without its files, and a file with one request when it is read', async () => {
  const { server, repo, base } = await stage()
  expect(server.asked).toEqual([FETCH])
  expect(server.bytes).toBeLessThan(1000)
  expect(await repo.readFile(base, 'README.md')).toBe('Hello\n')
  expect(await repo.readFile(base, 'README.md')).toBe('Hello\n')
  expect(await repo.readFile(base, 'src')).toBeNull()
  expect(await repo.readFile(base, 'nothing')).toBeNull()
  expect(server.asked).toEqual([FETCH, FETCH])
  expect(server.bytes).toBeLessThan(1500)
})

it('knows the id of a file without the file', async () => {
  const { server, repo, base, whole } = await stage()
  expect(await repo.blobOf(base, 'shared')).toBe(await whole.blobOf(base, 'shared'))
  expect(await repo.blobOf(base, 'nothing')).toBeNull()
  expect(server.asked).toEqual([FETCH])
})

it('lands what does not conflict for the files that the tasks changed', async () => {
  const { server, repo, base, bundle } = await stage()
  const [one, other] = [bundle(files({ shared: shared({ 1: 'one\n' }) }), base), bundle(files({ new: 'new\n' }), base)]
  await repo.unbundle(one.file, one.head)
  await repo.unbundle(other.file, other.head)
  const merged = await repo.merge(one.head, other.head, words)
  expect(merged).toMatchObject({ ok: true })
  expect(server.asked).toEqual([FETCH])
  const search = { own: [], known: [], mostBytes: () => 1_000_000 }
  expect(await repo.findSecrets(base, one.head, search)).toEqual({ paths: [], unread: [] })
  expect(await repo.addedLines(base, one.head)).toEqual(new Map([['shared', 'one']]))
  expect(await repo.diff(base, one.head, 5000)).toContain('-line 1\n+one\n')
  expect(server.asked).toEqual([FETCH, FETCH])
  expect(server.bytes).toBeLessThan(2000)
})

const link = { link: '../../large' }
it.each<[string, TreeLiteral]>([
  ['changes a file', files({ shared: shared({ 3: 'three\n' }) })],
  ['moves a large file', files({ large: { folder: {} }, moved: noise(1) })],
  ['sets a link', files({ src: { folder: { out: link } } })],
  ['uses another spelling', files({ Shared: 'x\n' })],
  ['brings attributes', files({ '.gitattributes': '*.bin filter=lfs\n', 'a.bin': 'raw\n' })],
])('audits what a task hands over as one with every file does: it %s', async (_, literal) => {
  const { repo, whole, base, bundle } = await stage()
  const { head, file } = bundle(literal, base)
  await repo.unbundle(file, head)
  await whole.unbundle(file, head)
  const search = { own: ['123456789'], known: [], mostBytes: () => 1_000_000 }
  expect(await repo.changes(base, head)).toEqual(await whole.changes(base, head))
  expect(await repo.treeFaults(base, head)).toEqual(await whole.treeFaults(base, head))
  expect(await repo.addedLines(base, head)).toEqual(await whole.addedLines(base, head))
  expect(await repo.diff(base, head, 5000)).toBe(await whole.diff(base, head, 5000))
  expect(await repo.findSecrets(base, head, search)).toEqual(await whole.findSecrets(base, head, search))
})

it.each<[string, TreeLiteral, TreeLiteral]>([
  ['change one file', files({ shared: shared({ 1: 'one\n' }) }), files({ shared: shared({ 30: 'thirty\n' }) })],
  ['conflict', files({ shared: shared({ 1: 'one\n' }) }), files({ shared: shared({ 1: 'two\n' }) })],
  [
    'move and change one file',
    { ...files(), shared: 'x\n', moved: shared({ 1: 'one\n' }) },
    files({ shared: shared({ 9: '9\n' }) }),
  ],
])('merges for the files that both sides name, if they %s', async (_, ours, theirs) => {
  const { server, repo, whole, base, bundle } = await stage()
  const sides = [bundle(ours, base), bundle(theirs, base)] as const
  for (const { file, head } of sides) {
    await repo.unbundle(file, head)
    await whole.unbundle(file, head)
  }
  const [{ head: one }, { head: other }] = sides
  expect(await repo.merge(one, other, words)).toEqual(await whole.merge(one, other, words))
  expect(server.asked).toEqual([FETCH, FETCH])
  expect(server.bytes).toBeLessThan(2000)
})

it('takes in a bundle that names differences from files which it has not fetched', async () => {
  const { repo, base, bundle } = await stage()
  const { head, file } = bundle(files({ large: { folder: { noise1: `${noise(1)}more\n` } } }), base, { thin: true })
  await repo.unbundle(file, head)
  expect(await repo.readFile(head, 'large/noise1')).toBe(`${noise(1)}more\n`)
})

it('takes no commit of a bundle for fetched that its head does not reach', async () => {
  const { repo, base, remote, bundle } = await stage()
  const tip = remote.commit(files({ 'README.md': 'Bye\n' }), [base])
  const { head, file } = bundle(files({ shared: 'x\n' }), base)
  const slot = join(file, '..')
  // The commit alone, without its tree.
  writeFileSync(join(slot, 'tip'), `${git(remote.dir, ['cat-file', 'commit', tip])}\n`)
  expect(git(slot, ['hash-object', '-w', '-t', 'commit', 'tip'])).toBe(tip)
  const objects = git(slot, ['rev-list', '--objects', '--no-object-names', head, `^${base}`])
  const name = git(slot, ['pack-objects', '--quiet', 'forged'], `${objects}\n${tip}\n`)
  const header = `# v2 git bundle\n-${base} \n${head} refs/hand-over\n\n`
  writeFileSync(file, Buffer.concat([Buffer.from(header), readFileSync(join(slot, `forged-${name}.pack`))]))
  await expect(repo.unbundle(file, head)).rejects.toThrow('the bundle cannot be used')
  await repo.fetchAlone([tip])
  expect(await repo.changes(base, tip)).toMatchObject([{ path: 'README.md', status: 'M' }])
})

it.each([
  ['is fine', '[submodule "x"]\n\tpath = x\n\turl = ../x\n', true],
  ['runs a command', '[submodule "x"]\n\tpath = x\n\turl = -u./payload\n', false],
])('checks a file .gitmodules that it has to fetch for that: it %s', async (_, text, isFine) => {
  const { repo, remote } = await stage()
  const base = remote.commit(files({ plain: text }))
  remote.point('refs/heads/main', base)
  await repo.fetch([base])
  const { head, file } = bundlesOf(remote)(files({ '.gitmodules': text }), base)
  const taken = repo.unbundle(file, head)
  if (isFine) await taken
  else await expect(taken).rejects.toThrow('the bundle cannot be used')
})

it('pushes what it merged, and the remote has every object then', async () => {
  const { repo, remote, base, own, bundle } = await stage()
  const journal = await openJournal(own)
  const [one, other] = [bundle(files({ shared: 'x\n' }), base), bundle(files({ new: noise(9) }), base)]
  for (const { file, head } of [one, other]) await repo.unbundle(file, head)
  const merged = await repo.merge(one.head, other.head, words)
  const events = [planRequested('42')]
  const ref = 'refs/heads/tributary/42/trunk'
  const to = merged.ok ? merged.sha : ''
  expect(await journal.append('42', null, events, replay(events), [{ ref, from: null, to }])).toMatchObject({
    ok: true,
  })
  expect(remote.tip(ref)).toBe(to)
  expect(git(remote.dir, ['fsck', '--full', '--strict'])).toBe('')
})

it('fetches what people push later with the files that are new', async () => {
  const { repo, server, remote, base } = await stage()
  const next = remote.commit(files({ large: { folder: { noise1: `${noise(1)}more\n` } } }), [base])
  remote.point('refs/heads/next', next)
  await repo.fetch([next])
  expect(await repo.isAncestor(base, next)).toBe(true)
  expect(await repo.readFile(next, 'large/noise1')).toBe(`${noise(1)}more\n`)
  expect(server.asked).toEqual([FETCH, FETCH])
})

it('brings all files for a search, once', async () => {
  const { repo, server, base } = await stage()
  const sources = repo.sources(base)
  expect((await sources.list('src/**', 10)).paths).toEqual(['src/a.ts', 'src/b.ts'])
  expect(await sources.read('src/a.ts')).toMatchObject({ text: 'export const a = 1\n' })
  const options = { literal: true, glob: null, most: 5 }
  expect(await sources.search('export const b', options)).toMatchObject({ lines: [{ path: 'src/b.ts', line: 1 }] })
  const asked = server.asked.length
  expect(await sources.search('Hello', options)).toMatchObject({ lines: [{ path: 'README.md' }] })
  expect(await sources.read('large/noise2')).toMatchObject({ bytes: noise(2).length })
  expect(server.asked.length).toBe(asked)
})

it('names the commit that wrote a line', async () => {
  const { repo, remote, base } = await stage()
  const next = remote.commit(files({ shared: shared({ 4: 'four\n' }) }), [base])
  remote.point('refs/heads/next', next)
  await repo.fetch([next])
  expect(await repo.lineChangedBy(next, 'shared', 5)).toBe(next)
  expect(await repo.lineChangedBy(next, 'shared', 6)).toBe(base)
})

it('fetches every file from a remote that cannot leave them out', async () => {
  const { server, repo, base } = await stage((remote) => git(remote.dir, ['config', 'uploadpack.allowFilter', 'false']))
  const asked = server.asked.length
  expect(await repo.readFile(base, 'large/noise1')).toBe(noise(1))
  expect(server.asked.length).toBe(asked)
})
