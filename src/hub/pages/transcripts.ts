import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { TaskId } from '../../core/ids.ts'
import type { AttemptRecord } from '../../core/run/task-record.ts'
import { parseCheckpointName } from '../../core/slots/checkpoint.ts'
import { workflowRunOf } from '../../core/slots/slot-jobs.ts'
import { growingTranscript, resultName, TRANSCRIPT_FILE, transcriptName } from '../../core/slots/slot-result.ts'
import { parseTranscript, type TranscriptLine } from '../../core/slots/transcript.ts'
import type { PlannedRun } from '../../render/plan/planned-run.ts'
import { openArtifactFiles } from '../artifacts/files.ts'
import { artifactFolder } from '../runner-host.ts'
import type { World } from '../world.ts'

/** What an agent did in an attempt, as far as it can be read here. */
export interface AttemptTranscript {
  lines: readonly TranscriptLine[]
  /** Lines that cannot be read. */
  unread: number
  /** `slot`: it still grows; `checkpoint`: its slot died, and this is what it had left. */
  from: 'slot' | 'result' | 'checkpoint'
}

export type ReadTranscript = (
  run: PlannedRun,
  task: TaskId,
  attempt: AttemptRecord,
) => Promise<AttemptTranscript | null>

/** Bytes of the end of one that grows, and of a whole one in an artifact. */
const [LATEST, MOST] = [1_000_000, 32_000_000]
const MOST_KEPT = 8

/** Finds the transcript of an attempt: in the folder of its slot's job, with its result, or in its last checkpoint. */
export function createTranscripts(world: World): ReadTranscript {
  const files = openArtifactFiles(artifactFolder(world.dataDir))
  const kept = new Map<number, AttemptTranscript>()
  return async (run, task, { attempt, slot }) => {
    if (slot === null) return null
    const name = resultName(run.run, task, attempt)
    const found = artifactOf(world, run, slot, { name, task, attempt })
    if (found === null) return growing(world, run, slot, growingTranscript(name))
    const known = kept.get(found.id)
    if (known !== undefined) return known
    const text = await files.text(found.id, TRANSCRIPT_FILE, MOST)
    if (text === null) return null
    const transcript = { ...parseTranscript(text), from: found.from }
    kept.set(found.id, transcript)
    for (const id of [...kept.keys()].slice(0, -MOST_KEPT)) kept.delete(id)
    return transcript
  }
}

/** The whole one; else the newest checkpoint, unless its slot still works on the task. */
function artifactOf(
  { store: { doc } }: World,
  run: PlannedRun,
  slot: string,
  { name, task, attempt }: { name: string; task: TaskId; attempt: number },
): { id: number; from: 'result' | 'checkpoint' } | null {
  const own = doc.artifacts.filter((one) => one.finalized && one.run === workflowRunOf(run, slot))
  const whole = own.find((one) => one.name.replace(/\.[23]$/, '') === transcriptName(name))
  if (whole !== undefined) return { id: whole.id, from: 'result' }
  const { state } = run.work.tasks[task] ?? {}
  if (state?.status === 'in_progress' && state.attempt === attempt) return null
  const last = own.findLast((one) => {
    const checkpoint = parseCheckpointName(one.name, run.run)
    return checkpoint?.task === task && checkpoint.attempt === attempt
  })
  return last === undefined ? null : { id: last.id, from: 'checkpoint' }
}

/** The job whose slot works on the task. */
export function jobOfSlot(world: World, run: PlannedRun, slot: string) {
  const workflowRun = workflowRunOf(run, slot)
  return world.store.doc.jobs.find(({ run_id, name }) => run_id === workflowRun && name.endsWith(slot))
}

/** From the scratch folder of the job, which is gone with it. */
function growing(world: World, run: PlannedRun, slot: string, name: string): AttemptTranscript | null {
  const job = jobOfSlot(world, run, slot)
  if (job === undefined) return null
  const temp = join(world.dataDir, 'jobs', `${job.id}`, '_work', '_temp')
  try {
    const folder = readdirSync(temp).find((one) => one.startsWith('tributary-'))
    return folder === undefined ? null : { ...parseTranscript(endOf(join(temp, folder, name))), from: 'slot' }
  } catch {
    return null
  }
}

/** The last lines of a file. */
function endOf(path: string): string {
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    const bytes = Buffer.alloc(Math.min(size, LATEST))
    readSync(file, bytes, 0, bytes.length, size - bytes.length)
    const text = bytes.toString('utf8')
    return size <= LATEST ? text : text.slice(text.indexOf('\n') + 1)
  } finally {
    closeSync(file)
  }
}
