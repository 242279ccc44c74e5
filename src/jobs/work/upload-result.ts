import type { TaskFailure } from '../../core/failure.ts'
import type { Sha } from '../../core/ids.ts'
import { secretSearch, tooMany, unsearched } from '../../core/landing/audit.ts'
import {
  type AttemptOutcome,
  BUNDLE_FILE,
  RESULT_FILE,
  type ResultFile,
  type ResultKey,
  resultName,
  TRANSCRIPT_FILE,
  transcriptName,
} from '../../core/schedule/slot-result.ts'
import type { Settings } from '../../core/settings.ts'
import type { ScratchFolder } from '../../ports/worktree.ts'
import type { WorkDeps } from './work-deps.ts'

const TRIES = 6
const FIRST_PAUSE = 2
/** The orchestrator accepts no larger one. */
const MOST_BUNDLE_BYTES = 250 * 2 ** 20

/** Uploads the result of an attempt, once: `result.json`, and the commits if there are any. */
export const uploadResult = (deps: WorkDeps, result: ResultFile, settings: Settings): Promise<void> =>
  deps.scratch.use(async (folder) => {
    const outcome = await packed(deps, result, settings, folder)
    await folder.write(RESULT_FILE, deps.redact(JSON.stringify({ ...result, outcome } satisfies ResultFile)))
    const names = headOf(outcome, result.base) === null ? [RESULT_FILE] : [RESULT_FILE, BUNDLE_FILE]
    await upload(deps, resultName(result.run, result.task, result.attempt), names, folder)
  })

/** Uploads the transcript after the result. Nothing waits for it, and a failure is only logged. */
export async function uploadTranscript(deps: WorkDeps, key: ResultKey, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return
  const name = transcriptName(resultName(key.run, key.task, key.attempt))
  try {
    await deps.scratch.use(async (folder) => {
      await folder.write(TRANSCRIPT_FILE, lines.map((line) => `${line}\n`).join(''))
      await deps.handover.upload(name, [folder.file(TRANSCRIPT_FILE)], folder.path)
    })
  } catch (error) {
    deps.log(`${name} could not be uploaded: ${error instanceof Error ? error.message : error}`)
  }
}

async function packed(
  deps: WorkDeps,
  { outcome, base }: ResultFile,
  settings: Settings,
  folder: ScratchFolder,
): Promise<AttemptOutcome> {
  const head = headOf(outcome, base)
  if (head === null) return outcome
  const why = await whyKeptBack(deps, { base, head }, settings)
  if (why !== null) return withoutCommits(outcome, why)
  await deps.worktree.bundle(head, base, folder.file(BUNDLE_FILE))
  const bytes = await folder.bytes(BUNDLE_FILE)
  if (bytes <= MOST_BUNDLE_BYTES) return outcome
  const detail = `the commits have ${bytes} bytes, ${MOST_BUNDLE_BYTES} can be handed over`
  return withoutCommits(outcome, { reason: 'too-large', detail })
}

/** Work that may hold a secret is not handed over: more people may download an artifact than may merge its content. */
async function whyKeptBack(
  { worktree, secrets }: WorkDeps,
  { base, head }: { base: Sha; head: Sha },
  settings: Settings,
): Promise<TaskFailure | null> {
  const { limits } = settings
  const changed = (await worktree.changedPaths(base, head)).length
  if (changed > limits.files) return { reason: 'too-large', detail: tooMany(changed, limits) }
  const { paths, unread } = await worktree.findSecrets(base, head, secretSearch(secrets, settings))
  if (paths.length > 0) return { reason: 'secret-in-diff', paths }
  return unread.length > 0 ? { reason: 'too-large', detail: unsearched(unread, limits) } : null
}

/** A failed attempt keeps its own reason. */
const withoutCommits = (outcome: AttemptOutcome, why: TaskFailure): AttemptOutcome => ({
  kind: 'failed',
  failure: outcome.kind === 'failed' ? outcome.failure : why,
  head: null,
  tree: null,
  report: outcome.report,
})

/** The commit to hand over; null: it is the base. */
function headOf(outcome: AttemptOutcome, base: string): string | null {
  if (outcome.kind !== 'done' && outcome.kind !== 'failed') return null
  return outcome.head === base ? null : outcome.head
}

async function upload(
  { handover, clock, log }: WorkDeps,
  name: string,
  names: readonly string[],
  folder: ScratchFolder,
): Promise<void> {
  const files = names.map((file) => folder.file(file))
  for (let tries = 1; ; tries += 1) {
    try {
      return await handover.upload(name, files, folder.path)
    } catch (error) {
      if (tries === TRIES) throw new Error(`${name} could not be uploaded`, { cause: error })
      log(`${name} could not be uploaded; the slot tries again: ${error instanceof Error ? error.message : error}`)
      await clock.wait(FIRST_PAUSE * 2 ** (tries - 1))
    }
  }
}
