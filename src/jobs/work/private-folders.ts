import type { Layers, Sandbox } from '../../ports/sandbox.ts'
import type { ScratchFolder } from '../../ports/worktree.ts'
import type { WorkDeps } from './work-deps.ts'

/** Each is a mount, which every command waits for. */
const MOST_FOLDERS = 50
const TRIAL_SECONDS = 60
const CHANGES = 'changes'

/**
 * Folders that git ignores and that each task finds, such as `node_modules`: what the commands of one piece of work change in them
 * is there for these commands alone, and goes with the work.
 */
export interface PrivateFolders {
  over(sandbox: Sandbox): Sandbox
  standing(): Standing
  end(): Promise<void>
}

/**
 * `private`: the next task finds them as this one did, whatever its commands have done so far. `partly`: there are more than can be
 * kept apart. `opened`: a command made git see one of them, so it was no longer kept apart. `shared`: none is.
 */
type Standing = 'private' | 'partly' | 'opened' | 'shared'

/** `scratch`: for one piece of work at a time. */
export function privateFolders(deps: WorkDeps, scratch: ScratchFolder): PrivateFolders {
  let changes: string | null = null
  let found: readonly string[] = []
  let standing: Standing = 'private'

  async function layersFor(sandbox: Sandbox): Promise<Layers | null> {
    if (!sandbox.layers) standing = 'shared'
    if (standing === 'shared') return null
    // If git cannot read what it ignores, a command did that. What is no longer ignored, git has to see as commands see it.
    const now = await deps.worktree.keptFolders().catch(() => found)
    if (found.some((one) => !now.includes(one))) standing = 'opened'
    if (now.length > MOST_FOLDERS && standing === 'private') standing = 'partly'
    const isFirst = found.length === 0
    found = now
    if (now.length === 0) return null
    changes ??= await scratch.emptyFolder(CHANGES)
    const layers = { folders: now.slice(0, MOST_FOLDERS), changes }
    if (!isFirst || (await canLay(deps, sandbox, layers, now.length))) return layers
    standing = 'shared'
    return null
  }

  return {
    over: (sandbox) => ({
      ...sandbox,
      async run(argv, options) {
        const layers = await layersFor(sandbox)
        return sandbox.run(argv, layers === null ? options : { ...options, layers })
      },
    }),
    standing: () => standing,
    async end() {
      if (changes !== null) await scratch.emptyFolder(CHANGES)
    },
  }
}

/** Says once what is not kept apart. */
async function canLay({ worktree, log }: WorkDeps, sandbox: Sandbox, layers: Layers, all: number): Promise<boolean> {
  const ran = sandbox.run(['true'], { worktree: worktree.path, seconds: TRIAL_SECONDS, layers })
  const why = await ran.then(({ exitCode, log }) => (exitCode === 0 ? null : log.trim()), String)
  const most = layers.folders.length
  if (why !== null) log(`What commands change in folders that git ignores stays there for later tasks: ${why}`)
  else if (all > most)
    log(`Of ${all} folders that git ignores, ${most} are private to a task: what commands change in others stays.`)
  return why === null
}
