import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { AUTHOR, commitMessage } from '../../src/adapters/git/objects.ts'
import { openRepo } from '../../src/adapters/git/repo.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import { defaultSettings } from '../../src/core/settings.ts'
import { wordsFor } from '../../src/jobs/commit-words.ts'
import type { OrchestratorStep } from '../../src/jobs/orchestrate/session/session.ts'
import type { WorkedRepo } from '../machine/repo.ts'
import { RUN } from '../machine/slots.ts'

/** What the branches of tasks hold besides a file of their own. */
export interface Branches {
  /** Whether its work also touches the shared file. */
  shares(task: string): boolean
  /** Names that it exports; trunk passes its verification while no two files export the same one. */
  exports(task: string, attempt: number): readonly string[]
}

export interface GitWorld {
  repo: WorkedRepo
  /** The first commit, with all its files. */
  start: string
  /** Milliseconds that each clean merge took, in the order in which they ended. */
  merges: number[]
  /** Every commit that is in this one. */
  historyOf(commit: string): ReadonlySet<string>
  treeOf(commit: string): string
  /** Names that more than one file exports in the tree of this commit, each with its tasks. */
  clashesIn(commit: string): readonly (readonly string[])[]
  close(): void
}

const SHARED = 'shared.txt'
const EXPORTS = 'exports.txt'

/** The bare repository of an orchestrator, as it ships, with so many files. */
export async function gitWorld(files: number, branches: Branches): Promise<GitWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-bench-'))
  const gitDir = join(folder, 'repo.git')
  const remoteUrl = pathToFileURL(gitDir).href
  const opened = await openRepo({ gitDir, remoteUrl, token: '', clock: systemClock })
  const git: Git = (args, input = '', codes = [0]) => gitIn(gitDir, args, input, codes)
  git(['fast-import', '--quiet'], firstCommit(files))
  const merges: number[] = []
  const repo: WorkedRepo = {
    ...opened,
    unbundle: async () => {},
    merge: async (ours, theirs, words) => {
      const begun = performance.now()
      const merged = await opened.merge(ours, theirs, words)
      if (merged.ok) merges.push(performance.now() - begun)
      return merged
    },
    work: (base, task, attempt) => workOn(git, branches, { base, task, attempt }),
  }
  return {
    repo,
    start: git(['rev-parse', 'refs/heads/main']),
    merges,
    treeOf: (commit) => git(['rev-parse', `${commit}^{tree}`]),
    historyOf: (commit) => new Set(git(['rev-list', commit]).split('\n')),
    clashesIn: (commit) => clashesIn(git, commit),
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Real merges take none of the virtual clock's time: who waits for one has it before anything else happens. */
export const withoutHaste: OrchestratorStep = (session, draft) => {
  const { clock } = session.deps
  if (clock.within !== untilDone) session.deps = { ...session.deps, clock: { ...clock, within: untilDone } }
  return draft
}

const untilDone = async (_seconds: number, work: Promise<unknown>): Promise<void> => {
  await Promise.allSettled([work])
}

type Git = (args: readonly string[], input?: string, codes?: readonly number[]) => string

/** One process makes the commit and tells its id and its tree's. */
function workOn(
  git: Git,
  branches: Branches,
  { base, task, attempt }: { base: string; task: string; attempt: number },
) {
  const changed = new Map([
    [`${task}/done.txt`, `done by ${task}\n`],
    [
      `${task}/${EXPORTS}`,
      branches
        .exports(task, attempt)
        .map((name) => `export ${name}\n`)
        .join(''),
    ],
  ])
  if (branches.shares(task)) changed.set(SHARED, `${git(['show', `${base}:${SHARED}`])}\nline of ${task}\n`)
  const words = commitMessage(wordsFor(RUN, { task, attempt, title: `Task ${task}`, commits: defaultSettings.commits }))
  const told = git(
    ['fast-import', '--quiet', '--force'],
    [
      ...commitWords(`refs/heads/done/${task}`, words, 1),
      `from ${base}`,
      ...[...changed].flatMap(([path, text]) => [`M 100644 inline ${path}`, data(text)]),
      '',
      'get-mark :1',
      'ls :1 ""',
      '',
    ].join('\n'),
  )
  const [head = '', tree = ''] = told.split('\n').map((line) => /[0-9a-f]{40}/.exec(line)?.[0])
  return { head, tree }
}

const NO_MATCH = 1
const EXPORTED = /^[^:]+:(?<task>[^/]+)\/[^:]+:export (?<name>\S+)$/

function clashesIn(git: Git, commit: string): string[][] {
  const found = new Map<string, string[]>()
  for (const line of git(['grep', '-e', '^export ', commit, '--', `*/${EXPORTS}`], '', [0, NO_MATCH]).split('\n')) {
    const { name, task } = EXPORTED.exec(line)?.groups ?? {}
    if (name !== undefined && task !== undefined) found.set(name, [...(found.get(name) ?? []), task])
  }
  return [...found.values()].filter((tasks) => tasks.length > 1)
}

function gitIn(gitDir: string, args: readonly string[], input: string, codes: readonly number[]): string {
  const { status, stdout, stderr } = spawnSync('git', ['--git-dir', gitDir, ...args], {
    input,
    encoding: 'utf8',
    maxBuffer: 1e9,
  })
  if (status === null || !codes.includes(status)) throw new Error(`git ${args.join(' ')}: ${stderr}`)
  return stdout.trimEnd()
}

const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}`
const commitWords = (ref: string, subject: string, mark: number): string[] => [
  `commit ${ref}`,
  `mark :${mark}`,
  `committer ${AUTHOR} 1700000000 +0000`,
  data(subject),
]

/** Files in folders of a hundred, and these in folders of thirty. */
function firstCommit(files: number): string {
  const lines = [...commitWords('refs/heads/main', 'Begin', 1), `M 100644 inline ${SHARED}`, data('first line\n')]
  for (let index = 0; index < files; index += 1) {
    const folder = Math.floor(index / 100)
    lines.push(
      `M 100644 inline part${Math.floor(folder / 30)}/folder${folder % 30}/file${index % 100}.txt`,
      data(`${index}\n`),
    )
  }
  return `${lines.join('\n')}\n`
}
