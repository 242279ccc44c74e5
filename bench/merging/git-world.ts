import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { commitMessage } from '../../src/adapters/git/message.ts'
import { EMAIL, NAME } from '../../src/adapters/git/objects.ts'
import { openRepo } from '../../src/adapters/git/repo.ts'
import { systemClock } from '../../src/clock.ts'
import { wordsFor } from '../../src/jobs/work-program.ts'
import type { WorkedRepo } from '../machine/repo.ts'
import { RUN } from '../machine/slots.ts'

export interface GitWorld {
  repo: WorkedRepo
  /** The first commit, with all its files. */
  start: string
  /** Milliseconds that each merge took. */
  merges: number[]
  isIn(commit: string, tip: string): boolean
  treeOf(commit: string): string
  close(): void
}

const SHARED = 'shared.txt'

/** The bare repository of an orchestrator, as it ships, with so many files. `shares`: whose work also touches the shared file. */
export async function gitWorld(files: number, shares: (task: string) => boolean): Promise<GitWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-bench-'))
  const gitDir = join(folder, 'repo.git')
  const remoteUrl = pathToFileURL(gitDir).href
  const opened = await openRepo({ gitDir, remoteUrl, token: '', clock: systemClock })
  const git = (args: readonly string[], input = '') => gitIn(gitDir, args, input)
  git(['fast-import', '--quiet'], firstCommit(files))
  const start = git(['rev-parse', 'refs/heads/main'])
  const merges: number[] = []
  const treeOf = (commit: string) => git(['rev-parse', `${commit}^{tree}`])
  const repo: WorkedRepo = {
    ...opened,
    unbundle: async () => {},
    merge: async (ours, theirs, words) => {
      const begun = performance.now()
      const merged = await opened.merge(ours, theirs, words)
      merges.push(performance.now() - begun)
      return merged
    },
    work(base, task, attempt) {
      const own = [`M 100644 inline ${task}/done.txt`, data(`done by ${task}\n`)]
      const text = shares(task) ? `${git(['show', `${base}:${SHARED}`])}\nline of ${task}\n` : null
      const both = text === null ? own : [...own, `M 100644 inline ${SHARED}`, data(text)]
      git(
        ['fast-import', '--quiet', '--force'],
        [
          ...commitWords(
            `refs/heads/done/${task}`,
            commitMessage(wordsFor(RUN, { task, attempt, title: `Task ${task}` })),
          ),
          `from ${base}`,
          ...both,
          '',
        ].join('\n'),
      )
      const head = git(['rev-parse', `refs/heads/done/${task}`])
      return { head, tree: treeOf(head) }
    },
  }
  return {
    repo,
    start,
    merges,
    treeOf,
    isIn: (commit, tip) =>
      spawnSync('git', ['--git-dir', gitDir, 'merge-base', '--is-ancestor', commit, tip]).status === 0,
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function gitIn(gitDir: string, args: readonly string[], input: string): string {
  const { status, stdout, stderr } = spawnSync('git', ['--git-dir', gitDir, ...args], {
    input,
    encoding: 'utf8',
    maxBuffer: 1e9,
  })
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`)
  return stdout.trimEnd()
}

const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}`
const commitWords = (ref: string, subject: string): string[] => [
  `commit ${ref}`,
  `committer ${NAME} <${EMAIL}> 1700000000 +0000`,
  data(subject),
]

/** Files in folders of a hundred, and these in folders of thirty. */
function firstCommit(files: number): string {
  const lines = [...commitWords('refs/heads/main', 'Begin'), `M 100644 inline ${SHARED}`, data('first line\n')]
  for (let index = 0; index < files; index += 1) {
    const folder = Math.floor(index / 100)
    lines.push(
      `M 100644 inline part${Math.floor(folder / 30)}/folder${folder % 30}/file${index % 100}.txt`,
      data(`${index}\n`),
    )
  }
  return `${lines.join('\n')}\n`
}
