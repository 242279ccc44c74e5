import { join } from 'node:path'
import type { Layer, Sandbox } from '../../ports/sandbox.ts'
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
  const numbers = new Map<string, number>()
  let root: string | null = null
  let found: readonly string[] = []
  let standing: Standing = 'private'

  async function layersOf(folders: readonly string[]): Promise<Layer[]> {
    if (folders.length === 0) return []
    root ??= await scratch.emptyFolder(CHANGES)
    const place = root
    for (const one of folders) if (!numbers.has(one)) numbers.set(one, numbers.size)
    return folders.map((folder) => ({ folder, changes: join(place, `${numbers.get(folder)}`) }))
  }

  async function layersFor(sandbox: Sandbox): Promise<Layer[]> {
    if (!sandbox.layers) standing = 'shared'
    if (standing === 'shared') return []
    // If git cannot read what it ignores, a command did that. What is no longer ignored, git has to see as commands see it.
    const now = await deps.worktree.keptFolders().catch(() => found)
    if (found.some((one) => !now.includes(one))) standing = 'opened'
    const layers = await layersOf(now.slice(0, MOST_FOLDERS))
    if (found.length === 0 && layers.length > 0 && !(await canLay(deps, sandbox, layers, now))) {
      standing = 'shared'
      return []
    }
    if (now.length > layers.length && standing === 'private') standing = 'partly'
    found = now
    return layers
  }

  return {
    over: (sandbox) => ({
      ...sandbox,
      run: async (argv, options) => sandbox.run(argv, { ...options, layers: await layersFor(sandbox) }),
    }),
    standing: () => standing,
    async end() {
      if (root !== null) await scratch.emptyFolder(CHANGES)
    },
  }
}

/** Says once what is not kept apart. */
async function canLay({ worktree, log }: WorkDeps, sandbox: Sandbox, layers: readonly Layer[], all: readonly string[]) {
  const ran = sandbox.run(['true'], { worktree: worktree.path, seconds: TRIAL_SECONDS, layers })
  const why = await ran.then(({ exitCode, log }) => (exitCode === 0 ? null : log.trim()), String)
  if (why !== null) log(`What commands change in folders that git ignores stays there for later tasks: ${why}`)
  else if (all.length > layers.length)
    log(
      `${layers.length} folders that git ignores are private to a task, ${all.length - layers.length} are not: what commands change there stays for later tasks.`,
    )
  return why === null
}
