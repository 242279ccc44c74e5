import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BUNDLE_FILE, type Outcome, RESULT_FILE, type ResultFile, resultName } from '../core/result-file.ts'
import type { WorkDeps } from './work-deps.ts'

const TRIES = 6
const FIRST_PAUSE = 2
/** Nobody takes in a larger one. */
const MOST_BUNDLE_BYTES = 250 * 2 ** 20

/** Uploads what an attempt came to, once: `result.json`, and beside it the commits, where there are any. */
export async function handOver(deps: WorkDeps, result: ResultFile): Promise<void> {
  const folder = await mkdtemp(join(deps.tempDir, 'tributary-result-'))
  try {
    const bundle = join(folder, BUNDLE_FILE)
    const outcome = await packed(deps, result, bundle)
    const text = join(folder, RESULT_FILE)
    await writeFile(text, JSON.stringify({ ...result, outcome } satisfies ResultFile))
    const files = headOf(outcome, result.base) === null ? [text] : [text, bundle]
    await upload(deps, resultName(result.run, result.task, result.attempt), files, folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function packed({ worktree }: WorkDeps, { outcome, base }: ResultFile, file: string): Promise<Outcome> {
  const head = headOf(outcome, base)
  if (head === null || !('report' in outcome)) return outcome
  await worktree.bundle(head, base, file)
  const { size } = await stat(file)
  if (size <= MOST_BUNDLE_BYTES) return outcome
  const detail = `the commits have ${size} bytes, ${MOST_BUNDLE_BYTES} can be handed over`
  return { kind: 'failed', failure: { reason: 'too-large', detail }, head: null, tree: null, report: outcome.report }
}

/** The commit to hand over; null where nothing lies between it and the base. */
function headOf(outcome: Outcome, base: string): string | null {
  if (outcome.kind !== 'done' && outcome.kind !== 'failed') return null
  return outcome.head === base ? null : outcome.head
}

async function upload(
  { handover, clock, log }: WorkDeps,
  name: string,
  files: string[],
  folder: string,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await handover.upload(name, files, folder)
    } catch (error) {
      if (tries === TRIES) throw new Error(`${name} could not be uploaded`, { cause: error })
      log(`${name} could not be uploaded; the slot tries again: ${error instanceof Error ? error.message : error}`)
      await clock.wait(FIRST_PAUSE * 2 ** (tries - 1))
    }
  }
}
