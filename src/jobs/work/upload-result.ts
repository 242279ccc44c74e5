import { type TaskFailure, withTexts } from '../../core/failure.ts'
import type { Sha } from '../../core/ids.ts'
import { secretSearch, tooMany, unsearched } from '../../core/landing/audit.ts'
import type { Settings } from '../../core/settings.ts'
import { logLines, MOST_LOG_BYTES } from '../../core/slots/job-log.ts'
import {
  type AttemptOutcome,
  BUNDLE_FILE,
  NOT_HANDED_OVER,
  RESULT_FILE,
  type ResultFile,
  type ResultKey,
  resultName,
  TRANSCRIPT_FILE,
  transcriptName,
} from '../../core/slots/slot-result.ts'
import { StorageRefused } from '../../ports/slots.ts'
import type { ScratchFolder } from '../../ports/worktree.ts'
import { headAndTail } from '../../render/markdown/fit.ts'
import type { WorkDeps } from './work-deps.ts'

/** Pauses between tries in seconds; the last one is repeated. */
const PAUSES = [2, 4, 8, 16, 32, 60]
/** Seconds for which finished work is offered again if the upload fails; then the job's log takes it. */
const RETRY_SECONDS = 900
/** Tries after which a storage that refuses is believed. */
const REFUSALS = 3
/** From this try on, a smaller artifact is offered. */
const SMALLER_FROM = 3
/** The orchestrator accepts no larger one. */
const MOST_BUNDLE_BYTES = 250 * 2 ** 20
/** Characters of a failure's log that the next attempt needs in any case. */
const SHORT_LOG = 2_000

/**
 * Hands over the result of an attempt, once: `result.json`, and the commits if there are any. First as an artifact, then as a
 * smaller one, at last in the job's log. Returns why it stands there, if it does: the job must end then, since nothing reads the
 * log of a job that runs.
 */
export const uploadResult = (
  deps: WorkDeps,
  result: ResultFile,
  settings: Settings,
  isWanted: () => Promise<boolean>,
): Promise<string | null> =>
  deps.scratch.use(async (folder) => {
    const outcome = await packed(deps, result, settings, folder)
    const write = (file: ResultFile) => folder.write(RESULT_FILE, deps.redact(JSON.stringify(file)))
    await write({ ...result, outcome })
    const names = headOf(outcome, result.base) === null ? [RESULT_FILE] : [RESULT_FILE, BUNDLE_FILE]
    const name = resultName(result.run, result.task, result.attempt)
    const smaller = () => write({ ...result, outcome: withoutLogs(outcome) })
    const refused = await upload(deps, name, { names, folder, smaller, isWanted })
    if (refused !== null) await printResult(deps, name, { names, folder }, refused)
    return refused
  })

/** The result is kept whatever becomes of the storage: the orchestrator reads the log of a job that has ended. */
async function printResult(
  { handover, log }: WorkDeps,
  name: string,
  { names, folder }: Packed,
  why: string,
): Promise<void> {
  const sizes = await Promise.all(names.map((file) => folder.bytes(file)))
  if (sizes.reduce((sum, size) => sum + size, 0) > MOST_LOG_BYTES) throw new Error(`${NOT_HANDED_OVER}${why}`)
  for (const file of names)
    for (const line of logLines({ name: `${name}/${file}`, bytes: await folder.read(file) })) handover.print(line)
  log(`${name} is no artifact: ${why} It stands in this log, which the run reads when this job has ended.`)
}

const withoutLogs = (outcome: AttemptOutcome): AttemptOutcome => {
  const short = { ...outcome, report: { ...outcome.report, acceptanceLog: '' } }
  return 'failure' in short
    ? { ...short, failure: withTexts(short.failure, (text) => headAndTail(text, SHORT_LOG)) }
    : short
}

/** Uploads the transcript after the result. Nothing waits for it, and a failure is only logged. */
export async function uploadTranscript(deps: WorkDeps, key: ResultKey, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return
  const name = transcriptName(resultName(key.run, key.task, key.attempt))
  try {
    await deps.scratch.use(async (folder) => {
      await folder.write(TRANSCRIPT_FILE, fileOfLines(lines))
      await deps.handover.upload(name, [folder.file(TRANSCRIPT_FILE)], folder.path)
    })
  } catch (error) {
    deps.log(`${name} could not be uploaded: ${error instanceof Error ? error.message : error}`)
  }
}

/** A file of these lines. */
export const fileOfLines = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')

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
export async function whyKeptBack(
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

interface Packed {
  names: readonly string[]
  folder: ScratchFolder
}

interface Offer extends Packed {
  /** Leaves out of the result what people and later attempts can do without. */
  smaller(): Promise<void>
  isWanted(): Promise<boolean>
}

/** Null if it is uploaded, or no longer wanted; else why it cannot be. */
async function upload(
  { handover, clock, log }: WorkDeps,
  name: string,
  { names, folder, smaller, isWanted }: Offer,
): Promise<string | null> {
  const files = names.map((file) => folder.file(file))
  const begun = clock.now().getTime()
  for (let tries = 1; ; tries += 1) {
    try {
      await handover.upload(name, files, folder.path)
      return null
    } catch (error) {
      const why = oneLine(error instanceof Error ? error.message : String(error))
      const isOver =
        error instanceof StorageRefused ? tries >= REFUSALS : clock.now().getTime() - begun >= RETRY_SECONDS * 1000
      if (isOver) return why
      log(`${name} could not be uploaded; the slot tries again: ${why}`)
      if (tries + 1 === SMALLER_FROM) await smaller()
      await clock.wait(PAUSES[Math.min(tries, PAUSES.length) - 1] ?? 0)
      if (!(await isWanted())) return null
    }
  }
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()
