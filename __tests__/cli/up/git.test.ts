import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { findPlace, hubRepository, type Place } from '../../../src/cli/up/place.ts'
import { type Synced, syncBase, syncLine } from '../../../src/cli/up/sync-base.ts'
import { isTaken, takeResult } from '../../../src/cli/up/take-result.ts'
import { startHub } from '../../../src/hub/hub.ts'
import { commitFiles, createCheckout, git, removeFolder, temporary } from '../../hub/support/repository.ts'

async function place(folder = createCheckout({ 'README.md': '# Demo\n' })): Promise<Place> {
  const state = temporary('up-state')
  onTestFinished(() => [folder, state].forEach(removeFolder))
  return findPlace({ cwd: folder, env: { PATH: process.env.PATH, XDG_STATE_HOME: state } })
}

/** A hub on it, with a runner that has nothing to do. */
async function served(of: Place) {
  const hub = await startHub({ repo: of.top, dataDir: join(of.dataDir, 'hub'), tributaryAction: of.top })
  onTestFinished(() => hub.close())
  return { ...hub, token: hub.tokens.admin, worker: null }
}

const outcomes = (synced: readonly Synced[]) => synced.map(({ branch, outcome }) => `${branch} ${outcome}`)

describe('the place of a hub', () => {
  it('is one for a repository, also from a folder in it and from another work tree', async () => {
    const first = await place()
    commitFiles(first.top, { 'deep/file.txt': 'x' })
    const other = temporary('worktree')
    onTestFinished(() => removeFolder(other))
    git(first.top, 'worktree', 'add', '-q', '-b', 'side', join(other, 'tree'))
    const at = (cwd: string) => findPlace({ cwd, env: first.env })
    expect(await at(join(first.top, 'deep'))).toEqual(first)
    expect(await at(join(other, 'tree'))).toMatchObject({ branch: 'side', dataDir: first.dataDir })
    const second = await place()
    expect(second.dataDir).not.toBe(first.dataDir)
    expect(first.dataDir.startsWith(first.top)).toBe(false)
  })

  it('is refused with what to do in no repository, and in one without a commit', async () => {
    const folder = temporary('nothing')
    onTestFinished(() => removeFolder(folder))
    await expect(place(folder)).rejects.toThrow('git init')
    git(folder, 'init', '-q')
    await expect(place(folder)).rejects.toThrow('git commit')
  })
})

describe('commits of a person', () => {
  it('come to the hub forward only, on the default branch and on the one that is checked out', async () => {
    const of = await place()
    const hub = await served(of)
    const gitDir = hubRepository(of)
    expect(outcomes(await syncBase(of, hub))).toEqual(['main same'])
    commitFiles(of.top, { 'a.txt': 'a' })
    commitFiles(of.top, { 'b.txt': 'b' })
    const [forward] = await syncBase(of, hub)
    expect(forward).toEqual({ branch: 'main', outcome: 'forward', commits: 2 })
    expect(forward && syncLine(forward, of)).toBe('2 new commits of main came to the hub.')
    expect(git(gitDir, 'rev-parse', 'main')).toBe(git(of.top, 'rev-parse', 'main'))
    git(of.top, 'checkout', '-q', '-b', 'feature')
    commitFiles(of.top, { 'c.txt': 'c' })
    const onFeature = await findPlace({ cwd: of.top, env: of.env })
    expect(outcomes(await syncBase(onFeature, hub))).toEqual(['main same', 'feature new'])
    git(of.top, 'checkout', '-q', '--detach')
    expect(outcomes(await syncBase(await findPlace({ cwd: of.top, env: of.env }), hub))).toEqual(['main same'])
  })

  it('stay away where they do not follow, and that is said', async () => {
    const of = await place()
    commitFiles(of.top, { 'a.txt': 'a' })
    const hub = await served(of)
    const before = git(hubRepository(of), 'rev-parse', 'main')
    git(of.top, 'reset', '-q', '--hard', 'HEAD^')
    const [ahead] = await syncBase(of, hub)
    expect(ahead && syncLine(ahead, of)).toContain('git pull --ff-only')
    commitFiles(of.top, { 'a.txt': 'another' })
    const [diverged] = await syncBase(of, hub)
    expect(diverged?.outcome).toBe('diverged')
    expect(diverged && syncLine(diverged, of)).toContain('Your main does not follow what the hub had of it')
    expect(git(hubRepository(of), 'rev-parse', 'main')).toBe(before)
  })
})

describe('the result of a run', () => {
  it('is a branch of the repository, moved forward only, and the checkout stays as it is', async () => {
    const of = await place()
    await served(of)
    const gitDir = hubRepository(of)
    // As if pruning were the habit of this person: it would take the branch for one that is gone.
    git(of.top, 'config', 'fetch.prune', 'true')
    const base = git(of.top, 'rev-parse', 'main')
    const tree = git(gitDir, 'rev-parse', 'main^{tree}')
    const commit = (parent: string, words: string) => git(gitDir, 'commit-tree', tree, '-p', parent, '-m', words)
    const trunk = commit(base, 'First')
    git(gitDir, 'update-ref', 'refs/heads/tributary/1/trunk', trunk)
    commitFiles(of.top, { 'mine.txt': 'mine' })
    const head = git(of.top, 'rev-parse', 'HEAD')
    await expect(takeResult(of, '2', 'tributary/2')).rejects.toThrow('run 2 has no result yet')
    expect(await isTaken(of, trunk)).toBe(false)
    expect(await takeResult(of, '1', 'tributary/1')).toEqual({ branch: 'tributary/1', commit: trunk })
    expect(await isTaken(of, trunk)).toBe(true)
    const next = commit(trunk, 'Second')
    git(gitDir, 'update-ref', 'refs/heads/tributary/1/trunk', next)
    expect(await isTaken(of, next)).toBe(false)
    expect(await takeResult(of, '1', 'tributary/1')).toEqual({ branch: 'tributary/1', commit: next })
    expect(await isTaken(of, trunk)).toBe(true)
    expect(git(of.top, 'rev-parse', 'tributary/1')).toBe(next)
    git(gitDir, 'update-ref', 'refs/heads/tributary/1/trunk', commit(base, 'Other'))
    await expect(takeResult(of, '1', 'tributary/1')).rejects.toThrow('git branch -m tributary/1 tributary/1-before')
    await expect(takeResult(of, '1', 'main')).rejects.toThrow('it is checked out')
    await expect(takeResult(of, '1', '--force')).rejects.toThrow('cannot be the name of a branch')
    expect(git(of.top, 'rev-parse', 'HEAD')).toBe(head)
    expect(git(of.top, 'symbolic-ref', 'HEAD')).toBe('refs/heads/main')
    expect(git(of.top, 'status', '--porcelain')).toBe('')
    expect(git(of.top, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/main\nrefs/heads/tributary/1')
  })
})
