import type { TaskFailure } from '../../core/failure.ts'
import type { RunId, Sha } from '../../core/ids.ts'
import { isLockFile } from '../../core/landing/audit.ts'
import type { Settings } from '../../core/settings.ts'
import type { AttemptOutcome } from '../../core/slots/slot-result.ts'
import type { HomeFolder, Sandbox } from '../../ports/sandbox.ts'
import type { ScratchFolder, Worktree } from '../../ports/worktree.ts'
import { stopwatch } from './commands.ts'
import { type PrivateFolders, privateFolders } from './private-folders.ts'
import type { WorkDeps } from './work-deps.ts'

/** What `setup` in the settings makes in a slot's work tree and in its home folder, for tasks to find there. */
export interface SlotSetUp {
  /** Makes it, unless it was made for the same lock files. Null: it is there, or none is named. */
  make(base: Sha, settings: Settings, signal: AbortSignal): Promise<TaskFailure | null>
  /**
   * Gives the commands of one piece of work what no other finds changed: folders that git ignores, and for each command a home that
   * looks like the one which the set-up has left, with its caches.
   */
  apart<Value>(work: (probe: WorkDeps['probe']) => Promise<Value>): Promise<Value>
  /** What a task with other lock files has installed is not for the next one, if that finds it. */
  after(base: Sha, outcome: AttemptOutcome | null): Promise<void>
  /** The same for a command that wrote a lock file which is put back: it has installed something. */
  watching(worktree: Worktree): Worktree
}

/** `folder`: stays as long as the slot. */
export function slotSetUp(deps: WorkDeps, run: RunId, folder: ScratchFolder): SlotSetUp {
  const { worktree } = deps
  let madeFor: Sha | null = null
  let home: string | null = null
  let folders: PrivateFolders | null = null
  const said = new Set<string>()
  const sayOnce = (line: string) => {
    if (!said.has(line)) deps.log(line)
    said.add(line)
  }
  return {
    async make(base, settings, signal) {
      if (settings.setup.length === 0 || (madeFor !== null && (await hasSameLocks(deps, madeFor, base)))) return null
      madeFor = null
      home = null
      const probe = await deps.probe(settings.sandbox, settings.limits, settings.network.allow)
      // The task itself fails for want of a sandbox.
      if (!probe.ok) return null
      let failure: TaskFailure | null = null
      const made = await folder.emptyFolder('home')
      const sandbox = withHome(probe.sandbox, { folder: made, changes: 'stay' })
      const isDone = await worktree.setUp(base, async () => {
        failure = await runSetUp(deps, run, settings, sandbox, signal)
        return failure === null
      })
      if (isDone) {
        madeFor = base
        home = await shownToOthers(deps, probe.sandbox, made)
      }
      return failure
    },
    async apart(work) {
      const own = privateFolders({ ...deps, log: sayOnce }, folder)
      folders = own
      try {
        return await work(async (...wanted) => {
          const probe = await deps.probe(...wanted)
          if (!probe.ok) return probe
          const { sandbox } = probe
          return {
            ok: true,
            sandbox: own.over(home === null ? sandbox : withHome(sandbox, { folder: home, changes: 'go' })),
          }
        })
      } finally {
        await own.end()
      }
    },
    async after(base, outcome) {
      const standing = folders?.standing()
      if (standing === 'opened') madeFor = null
      if (madeFor === null || standing === 'private') return
      const head = outcome !== null && 'head' in outcome ? outcome.head : null
      if (head === null || !(await sameLocks(deps, base, head))) madeFor = null
    },
    watching: (watched) => ({
      ...watched,
      async putBack(keeps) {
        const paths = await watched.putBack(keeps)
        if (paths.some(isLockFile) && folders?.standing() !== 'private') madeFor = null
        return paths
      },
    }),
  }
}

/** Null if the system cannot lay a command's changes over a folder: then homes are empty, as they are without a set-up. */
async function shownToOthers({ worktree, log }: WorkDeps, sandbox: Sandbox, folder: string): Promise<string | null> {
  const ran = withHome(sandbox, { folder, changes: 'go' }).run(['true'], { worktree: worktree.path, seconds: 60 })
  const why = await ran.then(({ exitCode, log }) => (exitCode === 0 ? null : log.trim()), String)
  if (why === null) return folder
  log(`Commands find nothing of what the set-up left in its home folder: ${why}`)
  return null
}

const withHome = (sandbox: Sandbox, home: HomeFolder): Sandbox => ({
  ...sandbox,
  run: (argv, options) => sandbox.run(argv, { ...options, home }),
})

async function hasSameLocks(deps: WorkDeps, madeFor: Sha, base: Sha): Promise<boolean> {
  await deps.worktree.prepare(base)
  return sameLocks(deps, madeFor, base)
}

const sameLocks = async ({ worktree }: WorkDeps, from: Sha, to: Sha): Promise<boolean> =>
  !(await worktree.changedPaths(from, to)).some(isLockFile)

async function runSetUp(
  { worktree, log }: WorkDeps,
  run: RunId,
  { setup, limits }: Settings,
  sandbox: Sandbox,
  signal: AbortSignal,
): Promise<TaskFailure | null> {
  const env = { TRIBUTARY_RUN: run }
  const watch = stopwatch({ sandbox, worktree: worktree.path, minutes: limits.task_minutes, signal, env })
  for (const argv of setup) {
    const ran = await watch.run(argv)
    log(`Set-up, ${argv.join(' ')}: exit code ${ran.exitCode}, ${ran.seconds.toFixed(1)} s.`)
    const said = { ...ran, log: `The set-up of the settings failed: ${argv.join(' ')}\n${ran.log}` }
    const failure = watch.failureOf(said)
    if (failure !== null) return failure
    if (ran.exitCode !== 0) return { reason: 'program-failed', exitCode: ran.exitCode, log: said.log }
  }
  return null
}
