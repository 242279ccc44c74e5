import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openRepo } from '../../../src/adapters/git/repo.ts'
import { bareRemote, commit, git, type TreeLiteral, tempDir } from '../../support/git.ts'
import { serveGit } from '../../support/git-server.ts'
import { hastyClock } from '../../support/hasty-clock.ts'

/** A repository that knows the base, and a slot's clone of the remote to make bundles in. */
async function stageOn(at: 'file' | 'http') {
  const root = tempDir()
  const remote = bareRemote(join(root, 'remote.git'))
  const base = remote.commit({ a: 'a\n', folder: { folder: { b: 'b\n' } } })
  remote.point('refs/heads/main', base)
  const folder = tempDir()
  const slot = join(folder, 'slot')
  git(folder, ['clone', '--quiet', '--depth=1', remote.url, slot])
  const gitDir = join(folder, 'repo.git')
  const remoteUrl = at === 'file' ? remote.url : `${(await serveGit(root)).url}/remote.git`
  const repo = await openRepo({ gitDir, remoteUrl, token: '', clock: hastyClock() })
  await repo.fetch([base])
  const file = join(folder, 'work.bundle')
  const bundle = (head: string, ...without: string[]) => {
    git(slot, ['update-ref', 'refs/hand-over', head])
    git(slot, ['bundle', 'create', '--quiet', file, 'refs/hand-over', ...without.map((sha) => `^${sha}`)])
    return file
  }
  const make = (literal: TreeLiteral, parents = [base]) => commit(slot, literal, parents)
  return { base, repo, gitDir, slot, file, bundle, make }
}

describe.each([
  ['with all files', 'file'],
  ['that fetched no files', 'http'],
] as const)('a bundle that a slot handed over, in a repository %s', (_, at) => {
  const stage = () => stageOn(at)

  it('comes in with every commit from the base on', async () => {
    const { base, repo, bundle, make } = await stage()
    const first = make({ a: 'a2\n', folder: { folder: { b: 'b\n' } } })
    const head = make({ a: 'a2\n', folder: { folder: { b: 'b2\n' } } }, [first])
    await repo.unbundle(bundle(head, base), head)
    expect(await repo.parentsOf(head)).toEqual([first])
    expect(await repo.readFile(head, 'folder/b')).toBe('b2\n')
    expect(await repo.isAncestor(base, head)).toBe(true)
    expect(await repo.merge(base, head, { subject: 'Merge' })).toMatchObject({ ok: true })
  })

  it('may come in twice', async () => {
    const { base, repo, bundle, make } = await stage()
    const head = make({ a: 'a2\n' })
    await repo.unbundle(bundle(head, base), head)
    await repo.unbundle(bundle(head, base), head)
    expect(await repo.readFile(head, 'a')).toBe('a2\n')
  })

  it('makes no ref of the name that it chose', async () => {
    const { base, repo, gitDir, bundle, make } = await stage()
    const head = make({ a: 'a2\n' })
    await repo.unbundle(bundle(head, base), head)
    expect(git(gitDir, ['for-each-ref', '--format=%(refname)'])).not.toContain('hand-over')
  })

  it('is refused where it holds another commit than was said', async () => {
    const { base, repo, bundle, make } = await stage()
    const [head, other] = [make({ a: 'a2\n' }), make({ a: 'a3\n' })]
    await expect(repo.unbundle(bundle(head, base), other)).rejects.toThrow(`it holds ${head}, not ${other}`)
  })

  it('is refused where it builds on a commit that is not here', async () => {
    const { base, repo, bundle, make } = await stage()
    const [first] = [make({ a: 'a2\n' })]
    const head = make({ a: 'a3\n' }, [first])
    await expect(repo.unbundle(bundle(head, first), head)).rejects.toThrow(`it builds on ${first}, which is not here`)
    expect(await repo.isAncestor(base, base)).toBe(true)
  })

  it.each([
    ['garbage', () => Buffer.from('PK\x03\x04 this is no bundle')],
    ['nothing at all', () => Buffer.alloc(0)],
    ['a header and no pack', (whole: Buffer) => whole.subarray(0, whole.indexOf('\n\n') + 2)],
    ['a torn pack', (whole: Buffer) => whole.subarray(0, whole.length - 25)],
    ['a pack with a bit turned', (whole: Buffer) => turned(whole, whole.length - 30)],
    ['a header that never ends', () => Buffer.from(`# v2 git bundle\n${'-'.repeat(200_000)}`)],
  ])('is refused where it is %s', async (_, spoil) => {
    const { base, repo, file, bundle, make } = await stage()
    const head = make({ a: 'a2\n' })
    writeFileSync(file, spoil(readFileSync(bundle(head, base))))
    await expect(repo.unbundle(file, head)).rejects.toThrow('the bundle cannot be used')
    await expect(repo.treeOf(head)).rejects.toThrow()
  })

  it('is refused where it is not there', async () => {
    const { base, repo } = await stage()
    await expect(repo.unbundle('/nonexistent/work.bundle', base)).rejects.toThrow('the bundle cannot be used')
  })

  it.each(['.git', '.GIT', 'git~1', '..', '.'])('is refused where a tree in it has an entry %s', async (name) => {
    const { base, repo, bundle, make } = await stage()
    const head = make({ a: 'a\n', [name]: { folder: { config: '[core]\n\tfsmonitor = id\n' } } })
    await expect(repo.unbundle(bundle(head, base), head)).rejects.toThrow('the bundle cannot be used')
  })

  it('is refused where an object of it is missing', async () => {
    const { base, repo, file, slot, make } = await stage()
    const head = make({ a: 'a2\n' })
    const header = `# v2 git bundle\n-${base} \n${head} refs/hand-over\n\n`
    const pack = packOf(slot, [head])
    writeFileSync(file, Buffer.concat([Buffer.from(header), pack]))
    await expect(repo.unbundle(file, head)).rejects.toThrow('the bundle cannot be used')
  })
})

function turned(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

/** Exactly these objects, without what they name. */
function packOf(repo: string, objects: readonly string[]): Buffer {
  const name = git(repo, ['pack-objects', '--quiet', join(repo, 'torn')], `${objects.join('\n')}\n`)
  return readFileSync(join(repo, `torn-${name}.pack`))
}
