import { describe, expect, it } from 'vitest'
import type { Repo } from '../../src/ports/repo.ts'
import { type BareRemote, line, type TreeLiteral } from '../support/git.ts'

export interface RepoStage {
  remote: BareRemote
  /** Each is empty at first, and stands for a process of its own. */
  repo(): Promise<Repo>
}

const words = (subject: string) => ({ subject })

/** A half-done run on the newest of many commits: trunk has landed t1 and t2, t3 started from trunk's first commit. */
function halfDone(remote: BareRemote, older = 50) {
  const history = line(remote, older)
  const base = remote.commit({ a: 'a\n', b: 'b\n', c: 'c\n' }, history.slice(-1), 'base')
  const start = remote.commit({ a: 'a\n', b: 'b\n', c: 'c\n' }, [base], 'start')
  const t1 = remote.commit({ a: 'a1\n', b: 'b\n', c: 'c\n' }, [start], 't1')
  const t2 = remote.commit({ a: 'a\n', b: 'b2\n', c: 'c\n' }, [start], 't2')
  const one = remote.commit({ a: 'a1\n', b: 'b\n', c: 'c\n' }, [start, t1], 'merge t1')
  const trunk = remote.commit({ a: 'a1\n', b: 'b2\n', c: 'c\n' }, [one, t2], 'merge t2')
  const t3 = remote.commit({ a: 'a\n', b: 'b\n', c: 'c3\n' }, [start], 't3')
  const t4 = remote.commit({ a: 'a4\n', b: 'b\n', c: 'c\n' }, [t1], 't4')
  const heads = { main: base, trunk, t1, t2, t3, t4 }
  for (const [name, sha] of Object.entries(heads)) remote.point(`refs/heads/${name}`, sha)
  return { history, base, start, ...heads }
}

/** What every repository of an orchestrator keeps to. */
export function repoContract(name: string, open: () => Promise<RepoStage>): void {
  describe(`the repository ${name}`, () => {
    it('brings the run down to its base, and nothing older, in one go', async () => {
      const { remote, repo } = await open()
      const run = halfDone(remote)
      const fresh = await repo()
      await fresh.fetch([run.base, run.trunk, run.t1, run.t2, run.t3, run.t4])
      expect(await fresh.isAncestor(run.base, run.t4)).toBe(true)
      expect(await fresh.isAncestor(run.t1, run.trunk)).toBe(true)
      expect(await fresh.isAncestor(run.t3, run.trunk)).toBe(false)
      await expect(fresh.treeOf(run.history.at(-1) ?? '')).rejects.toThrow('is not here')
    })

    it('merges what a fresh repository fetched as one with the whole history would', async () => {
      const { remote, repo } = await open()
      const run = halfDone(remote)
      const [fresh, whole] = [await repo(), await repo()]
      await fresh.fetch([run.base, run.trunk, run.t3, run.t4])
      await whole.fetch([run.history[0] ?? '', run.trunk, run.t3, run.t4])
      for (const [ours, theirs] of [
        [run.trunk, run.t3],
        [run.trunk, run.t4],
        [run.t3, run.t4],
      ] as const) {
        const merged = await fresh.merge(ours, theirs, words('Merge'))
        expect(merged).toMatchObject({ ok: true })
        expect(merged).toEqual(await whole.merge(ours, theirs, words('Merge')))
      }
    })

    it('brings later heads on top of what is there, several merges ahead or with all parents known', async () => {
      const { remote, repo } = await open()
      const run = halfDone(remote)
      const fresh = await repo()
      await fresh.fetch([run.base])
      await fresh.fetch([run.start, run.t1])
      await fresh.fetch([run.trunk])
      await fresh.fetch([run.t4])
      expect(await fresh.parentsOf(run.t4)).toEqual([run.t1])
      expect(await fresh.merge(run.trunk, run.t4, words('Merge'))).toMatchObject({ ok: true })
      expect(await fresh.isAncestor(run.t2, run.trunk)).toBe(true)
    })

    it('brings nothing twice, and takes an empty list', async () => {
      const { remote, repo } = await open()
      const run = halfDone(remote, 1)
      const fresh = await repo()
      await fresh.fetch([])
      await fresh.fetch([run.base, run.t1])
      await fresh.fetch([run.base, run.t1])
      expect(await fresh.isAncestor(run.base, run.t1)).toBe(true)
    })

    it('looks at a commit alone without disturbing the run', async () => {
      const { remote, repo } = await open()
      const run = halfDone(remote)
      const moved = line(remote, 5, [run.base])
      const main = remote.commit({ a: 'a\n', b: 'b\n', c: 'c\n', d: 'd\n' }, moved.slice(-1))
      remote.point('refs/heads/main', main)
      const fresh = await repo()
      await fresh.fetchAlone([main])
      await fresh.fetch([run.base, run.trunk, run.t4])
      await fresh.fetchAlone([main, run.base])
      expect((await fresh.changes(run.base, main)).map((change) => change.path)).toEqual(['d'])
      expect(await fresh.merge(run.trunk, run.t4, words('Merge'))).toMatchObject({ ok: true })
      await expect(fresh.treeOf(run.history.at(-1) ?? '')).rejects.toThrow('is not here')
    })

    it('takes over a folder from another commit, and leaves everything else', async () => {
      const { remote, repo } = await open()
      const y: TreeLiteral[string] = { folder: { z: 'z' } }
      const at = (folder: TreeLiteral) => remote.commit({ a: 'a', x: { folder }, y })
      const base = at({ one: '1', sub: { folder: { two: '2' } } })
      const changed: TreeLiteral = { one: 'new', more: '3' }
      const cases: [from: string, same: string][] = [
        [remote.commit({ x: { folder: changed }, y: { folder: { z: 'other' } } }), at(changed)],
        [remote.commit({ a: 'other' }), remote.commit({ a: 'a', y })],
      ]
      const fresh = await repo()
      for (const [name, sha] of [base, ...cases.flat()].entries()) remote.point(`refs/heads/b${name}`, sha)
      for (const sha of [base, ...cases.flat()]) await fresh.fetchAlone([sha])
      for (const [from, same] of cases)
        expect(await fresh.treeWithFolder(base, 'x', from)).toBe(await fresh.treeOf(same))
    })

    it('fails where the remote has no such commit', async () => {
      const { remote, repo } = await open()
      const base = remote.commit({ a: 'a\n' })
      const fresh = await repo()
      await expect(fresh.fetch([base, '1234567890'.repeat(4)])).rejects.toThrow('git fetch failed')
    })

    it('knows where the remote has a ref, and where it has none', async () => {
      const { remote, repo } = await open()
      const base = remote.commit({ a: 'a\n' })
      remote.point('refs/heads/main', base)
      remote.point('refs/heads/x/refs/heads/other', base)
      const fresh = await repo()
      expect(await fresh.tip('refs/heads/main')).toBe(base)
      expect(await fresh.tip('refs/heads/other')).toBeNull()
      await expect(fresh.tip('refs/heads/--upload-pack=x')).rejects.toThrow('no ref')
    })

    describe('merging', () => {
      const cases: Record<string, { base: TreeLiteral; ours: TreeLiteral; theirs: TreeLiteral; paths: string[] }> = {
        'both change a line': {
          base: { a: '1\n', b: '1\n' },
          ours: { a: '2\n', b: '1\n' },
          theirs: { a: '3\n', b: '1\n' },
          paths: ['a'],
        },
        'one deletes what the other changes': {
          base: { a: '1\n', 'ü b': '1\n' },
          ours: { a: '1\n' },
          theirs: { a: '1\n', 'ü b': '2\n' },
          paths: ['ü b'],
        },
        'both add a file': {
          base: { z: '' },
          ours: { z: '', n: '1\n', o: '1\n' },
          theirs: { z: '', n: '2\n', o: '2\n' },
          paths: ['n', 'o'],
        },
      }
      it.each(Object.entries(cases))('names the files where %s', async (_, { base, ours, theirs, paths }) => {
        const { remote, repo } = await open()
        const root = remote.commit(base)
        const [one, other] = [remote.commit(ours, [root]), remote.commit(theirs, [root])]
        const fresh = await repo()
        await fresh.fetch([root, one, other])
        expect(await fresh.merge(one, other, words('Merge'))).toEqual({ ok: false, paths })
      })

      it('makes a commit with both parents, also where it could fast-forward', async () => {
        const { remote, repo } = await open()
        const root = remote.commit({ a: '1\n' })
        const ahead = remote.commit({ a: '2\n' }, [root])
        const fresh = await repo()
        await fresh.fetch([root, ahead])
        const merged = await fresh.merge(root, ahead, words('Merge t1'))
        if (!merged.ok) throw new Error('a conflict')
        expect(await fresh.parentsOf(merged.sha)).toEqual([root, ahead])
        expect(await fresh.treeOf(merged.sha)).toBe(merged.tree)
        expect(merged.tree).toBe(await fresh.treeOf(ahead))
      })

      it('merges in any order to the same tree', async () => {
        const { remote, repo } = await open()
        const run = halfDone(remote, 1)
        const fresh = await repo()
        await fresh.fetch([run.base, run.t2, run.t3, run.t4])
        const trees = new Set<string>()
        for (const order of [
          [run.t2, run.t3, run.t4],
          [run.t4, run.t2, run.t3],
          [run.t3, run.t4, run.t2],
        ]) {
          let at = run.start
          for (const head of order) {
            const merged = await fresh.merge(at, head, words('Merge'))
            if (merged.ok) at = merged.sha
          }
          trees.add(await fresh.treeOf(at))
        }
        expect(trees.size).toBe(1)
      })

      it('lets no file of the tree choose how it is merged', async () => {
        const { remote, repo } = await open()
        const attributes = { '.gitattributes': '* merge=union\n' }
        const root = remote.commit({ ...attributes, a: '1\n' })
        const [one, other] = [
          remote.commit({ ...attributes, a: '2\n' }, [root]),
          remote.commit({ ...attributes, a: '3\n' }, [root]),
        ]
        const fresh = await repo()
        await fresh.fetch([root, one, other])
        expect(await fresh.merge(one, other, words('Merge'))).toEqual({ ok: false, paths: ['a'] })
      })

      it('leaves a new file where it is when the folder around it was renamed', async () => {
        const { remote, repo } = await open()
        const files = Object.fromEntries(['a', 'b', 'c'].map((file) => [file, `${file}\n`.repeat(9)]))
        const root = remote.commit({ old: { folder: files } })
        const renamed = remote.commit({ new: { folder: files } }, [root])
        const added = remote.commit({ old: { folder: { ...files, d: 'd\n' } } }, [root])
        const fresh = await repo()
        await fresh.fetch([root, renamed, added])
        const merged = await fresh.merge(renamed, added, words('Merge'))
        if (!merged.ok) throw new Error('a conflict')
        expect(await fresh.readFile(merged.sha, 'old/d')).toBe('d\n')
      })

      it('refuses to merge what has no commit in common', async () => {
        const { remote, repo } = await open()
        const [one, other] = [remote.commit({ a: '1\n' }), remote.commit({ b: '1\n' })]
        const fresh = await repo()
        await fresh.fetch([one, other])
        await expect(fresh.merge(one, other, words('Merge'))).rejects.toThrow('unrelated histories')
      })
    })

    describe('reading', () => {
      const program = { program: '#!/bin/sh\n' }
      const before = {
        same: '1',
        mode: '#!/bin/sh\n',
        text: 'one\n',
        gone: 'x',
        kind: 'file',
        'sp ace\tü': '1',
        folder: { folder: { deep: '1' } },
      }
      const after = {
        same: '1',
        mode: program,
        text: 'one\ntwo\n',
        kind: { link: 'same' },
        'sp ace\tü': '22',
        new: '333',
        sub: { commit: '1'.repeat(40) },
        folder: { folder: { deep: '4444' } },
      }

      it('tells what changed, with modes and sizes', async () => {
        const { remote, repo } = await open()
        const root = remote.commit(before)
        const next = remote.commit(after, [root])
        const fresh = await repo()
        await fresh.fetch([root, next])
        const [file, none] = ['100644', '000000']
        const changes = await fresh.changes(root, next)
        expect(changes.toSorted((one, other) => (one.path < other.path ? -1 : 1))).toEqual([
          { path: 'folder/deep', status: 'M', oldMode: file, newMode: file, bytes: 4 },
          { path: 'gone', status: 'D', oldMode: file, newMode: none, bytes: 0 },
          { path: 'kind', status: 'T', oldMode: file, newMode: '120000', bytes: 4 },
          { path: 'mode', status: 'M', oldMode: file, newMode: '100755', bytes: 10 },
          { path: 'new', status: 'A', oldMode: none, newMode: file, bytes: 3 },
          { path: 'sp ace\tü', status: 'M', oldMode: file, newMode: file, bytes: 2 },
          { path: 'sub', status: 'A', oldMode: none, newMode: '160000', bytes: 0 },
          { path: 'text', status: 'M', oldMode: file, newMode: file, bytes: 8 },
        ])
        expect(await fresh.changes(root, root)).toEqual([])
      })

      it('takes a renamed file for one that went and one that came', async () => {
        const { remote, repo } = await open()
        const root = remote.commit({ old: 'the very same text\n' })
        const next = remote.commit({ new: 'the very same text\n' }, [root])
        const fresh = await repo()
        await fresh.fetch([root, next])
        expect((await fresh.changes(root, next)).map(({ path, status }) => `${status} ${path}`)).toEqual([
          'A new',
          'D old',
        ])
      })

      it('shows the lines that came, of text files only', async () => {
        const { remote, repo } = await open()
        const forged = 'x\n+++ b'
        const root = remote.commit({ a: 'one\ntwo\n', moved: '1\n2\n3\n', binary: '\0old', gone: 'secret\n' })
        const trees = {
          a: 'one\nnew\ntwo\ntwo\n',
          moved: '3\n1\n2\n',
          binary: '\0secret',
          [forged]: { folder: { harmless: '++ here\n' } },
          link: { link: 'target' },
        }
        const next = remote.commit(trees, [root])
        const fresh = await repo()
        await fresh.fetch([root, next])
        expect(await fresh.addedLines(root, next)).toEqual(
          new Map([
            ['a', 'new\ntwo'],
            ['link', 'target'],
            [`${forged}/harmless`, '++ here'],
          ]),
        )
      })

      it('shows a diff with what stands around and what went, at most so long', async () => {
        const { remote, repo } = await open()
        const root = remote.commit({ a: 'one\ntwo\n', gone: 'old\n' })
        const next = remote.commit({ a: 'one\nthree\n', long: 'x\n'.repeat(5000) }, [root])
        const fresh = await repo()
        await fresh.fetch([root, next])
        expect(await fresh.diff(root, next, 100_000)).toContain(' one\n-two\n+three\n')
        expect(await fresh.diff(root, next, 100_000)).toContain('-old')
        expect((await fresh.diff(root, next, 500)).length).toBeLessThanOrEqual(500)
      })

      it('reads files and their ids, and says where there is none', async () => {
        const { remote, repo } = await open()
        const root = remote.commit({
          '.github': { folder: { 'tributary.yml': 'slots: ü\n' } },
          link: { link: '.github' },
        })
        const fresh = await repo()
        await fresh.fetch([root])
        expect(await fresh.readFile(root, '.github/tributary.yml')).toBe('slots: ü\n')
        expect(await fresh.blobOf(root, '.github/tributary.yml')).toMatch(/^[0-9a-f]{40}$/)
        for (const path of ['.github', 'none', 'link/tributary.yml', '.github/tributary.yml/x']) {
          expect([path, await fresh.readFile(root, path), await fresh.blobOf(root, path)]).toEqual([path, null, null])
        }
        await expect(fresh.readFile('1'.repeat(40), 'x')).rejects.toThrow('is not here')
        await expect(fresh.blobOf(root, 'x\nHEAD:y')).rejects.toThrow('no name of an object')
      })

      it('gives the files of a commit to explore, with a log that leads further back than the run', async () => {
        const { remote, repo } = await open()
        const run = halfDone(remote)
        const fresh = await repo()
        await fresh.fetch([run.base, run.trunk])
        const sources = fresh.sources(run.trunk)
        expect(await sources.list('*', 9)).toEqual({ paths: ['a', 'b', 'c'], more: false })
        expect(await sources.read('a')).toEqual({ text: 'a1\n', binary: false, bytes: 3 })
        expect(await sources.search('^b', { literal: false, glob: null, most: 9 })).toEqual({
          ok: true,
          lines: [{ path: 'b', line: 1, text: 'b2' }],
          more: false,
        })
        const subjects = (await sources.log(null, 99)).map((told) => told.replace(/^[0-9a-f]+ /, ''))
        expect(subjects).toEqual(expect.arrayContaining(['merge t2', 'base', 'Commit 50', 'Commit 1']))
        await expect(fresh.treeOf(run.history.at(-1) ?? '')).rejects.toThrow('is not here')
        expect(await fresh.isAncestor(run.base, run.trunk)).toBe(true)
      })

      it('tells which merge brought a line to trunk, and what stood there before the run', async () => {
        const { remote, repo } = await open()
        const [older] = line(remote, 1)
        const at = (lines: string, parents: readonly string[]) => remote.commit({ 'ü b': `${lines}\n` }, parents)
        const base = at('one\ntwo\nthree', [older ?? ''])
        const t1 = at('ONE\ntwo\nthree', [base])
        const t2 = at('one\ntwo\nthree\nfour', [base])
        const first = at('ONE\ntwo\nthree', [base, t1])
        const trunk = at('ONE\ntwo\nthree\nfour', [first, t2])
        const fresh = await repo()
        await fresh.fetch([base, trunk])
        const brought = (number: number) => fresh.lineChangedBy(trunk, 'ü b', number)
        expect([await brought(1), await brought(2), await brought(4)]).toEqual([first, base, trunk])
        expect(await fresh.lineChangedBy(first, 'ü b', 4)).toBeNull()
        expect([await brought(9), await fresh.lineChangedBy(trunk, '-x', 1)]).toEqual([null, null])
      })

      it('takes no name for a commit, only a whole id', async () => {
        const { remote, repo } = await open()
        const root = remote.commit({ a: '1\n' })
        const fresh = await repo()
        await fresh.fetch([root])
        for (const name of ['', root.slice(0, 12), 'HEAD', '--all', `${root}^{tree}`]) {
          await expect(fresh.treeOf(name)).rejects.toThrow('full commit id')
          await expect(fresh.fetch([name])).rejects.toThrow('full commit id')
          await expect(fresh.commit(root, [name], words('x'))).rejects.toThrow('full commit id')
        }
      })
    })
  })
}
