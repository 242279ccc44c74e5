import type { Sha } from '../../core/ids.ts'
import { secretSearch } from '../../core/landing/audit.ts'
import { CHECKPOINT_SECONDS, type CheckpointFile, checkpointName } from '../../core/slots/checkpoint.ts'
import { BUNDLE_FILE, RESULT_FILE, resultKeyOf, TRANSCRIPT_FILE } from '../../core/slots/slot-result.ts'
import type { CheckpointPart } from '../../ports/worktree.ts'
import { wordsFor } from '../commit-words.ts'
import type { Attempt } from './attempt.ts'
import { writableBy } from './check-work.ts'
import { fileOfLines, whyKeptBack } from './upload-result.ts'
import type { WorkDeps } from './work-deps.ts'

/** The orchestrator asks for a checkpoint as soon as the slot's job has ended. */
const DAYS = 1
/** Seconds that a finished attempt waits for an upload that has begun. */
const LAST_UPLOAD = 30

/** The newest checkpoint of an attempt: its number, its tree, and the name of its artifact if that stands. */
interface Newest {
  number: number
  tree: Sha | null
  name: string | null
}

/**
 * Does the work and, meanwhile, uploads every five minutes what it has changed, so that the next attempt goes on from there if this
 * slot dies. `tree`: of the work that it begins with. Returns the name of the artifact that is left.
 */
export async function withCheckpoints<Value>(
  attempt: Attempt,
  tree: Sha | null,
  work: () => Promise<Value>,
): Promise<{ value: Value; checkpoint: string | null }> {
  const { clock } = attempt.deps
  const [over, late] = [new AbortController(), new AbortController()]
  let newest: Newest = { number: 0, tree, name: null }
  const keeping = (async () => {
    for (;;) {
      await clock.wait(CHECKPOINT_SECONDS, over.signal)
      if (over.signal.aborted || attempt.signal.aborted) return
      newest = await keepWork(attempt, newest)
    }
  })()
  try {
    const value = await work()
    over.abort()
    await Promise.race([keeping, clock.wait(LAST_UPLOAD, late.signal)])
    return { value, checkpoint: newest.name }
  } finally {
    over.abort()
    late.abort()
  }
}

/** The checkpoint after this look. If it cannot be made or uploaded, the log says so, and the next one is tried in its time. */
async function keepWork(attempt: Attempt, before: Newest): Promise<Newest> {
  const { deps, brief } = attempt
  const number = before.number + 1
  try {
    const kept = await uploaded(attempt, before.tree, number)
    if (kept === null) return before
    if (before.name !== null) await removeCheckpoint(deps, before.name)
    return { number, ...kept }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    deps.log(`${brief.task.id}: work in progress could not be kept, and goes on: ${why}`)
    return { ...before, number }
  }
}

/** Null if nothing has changed since the last one. */
async function uploaded(
  attempt: Attempt,
  last: Sha | null,
  number: number,
): Promise<{ tree: Sha; name: string } | null> {
  const { deps, who, assignment, settings, transcript, money } = attempt
  const { worktree, scratch, handover, redact } = deps
  const made = await worktree.checkpoint(wordsFor(who.run, assignment), partOf(attempt))
  if (made === null || made.tree === last) return null
  const { base } = assignment
  const why = await whyKeptBack(deps, { base, head: made.head }, settings)
  if (why !== null) throw new Error(why.reason)
  const key = resultKeyOf(who.run, assignment)
  const spent = money.spending()
  const file: CheckpointFile = {
    version: 1,
    ...key,
    slot: who.slot,
    head: made.head,
    steps: transcript.steps(),
    ...(spent.length > 0 && { spending: spent }),
  }
  const name = checkpointName(key, number)
  await scratch.use(async (folder) => {
    await folder.write(RESULT_FILE, redact(JSON.stringify(file)))
    await folder.write(TRANSCRIPT_FILE, fileOfLines(transcript.lines()))
    await worktree.bundle(made.head, base, folder.file(BUNDLE_FILE))
    const files = [RESULT_FILE, BUNDLE_FILE, TRANSCRIPT_FILE].map((one) => folder.file(one))
    await handover.upload(name, files, folder.path, DAYS)
  })
  return { tree: made.tree, name }
}

const partOf = ({ deps, brief, settings }: Attempt): CheckpointPart => ({
  takes: writableBy(brief.task, settings),
  files: settings.limits.files,
  mostBytes: secretSearch(deps.secrets, settings).mostBytes,
})

/** One that a newer one or the result has replaced. Where it cannot be deleted, it expires. */
export const removeCheckpoint = ({ handover, log }: WorkDeps, name: string): Promise<void> =>
  handover
    .remove(name)
    .catch((error: unknown) => log(`${name} could not be deleted: ${error instanceof Error ? error.message : error}`))
