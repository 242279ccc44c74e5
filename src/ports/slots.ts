/** A slot in the workflow run's job list. */
export interface SlotJob {
  slot: string
  status: 'queued' | 'in_progress' | 'completed'
  startedAt: string | null
  /** It ended successfully, and so has uploaded the result of every task that it began. */
  leftInOrder: boolean
}

/** A result that a slot has uploaded; named `tributary-<run>-<task>-<attempt>`. */
export interface ResultArtifact {
  id: number
  /** The workflow run that uploaded it. GitHub does not say which of its jobs. */
  workflowRun: number
  run: string
  task: string
  attempt: number
}

/** An artifact that is no result: too large, damaged, or without a `result.json`. A retry would not help. */
export class UnreadableResult extends Error {
  override name = 'UnreadableResult'
}

/** The orchestrator's view of its slots. Reads are conditional: an unchanged list costs no rate limit. */
export interface Slots {
  /** Jobs of a workflow run that are slots. An unchanged list comes from the cache. */
  jobs(workflowRun: number): Promise<SlotJob[]>
  results(workflowRun: number, run: string): Promise<ResultArtifact[]>
  /** Downloads and unpacks a result: the text of `result.json` and the path of the bundle, if any. Throws UnreadableResult, also if it is too large. */
  download(artifact: ResultArtifact): Promise<{ result: string; bundle: string | null }>
}

/** How a slot uploads its result; apart from this it only reads. */
export interface Handover {
  upload(name: string, files: readonly string[], rootFolder: string): Promise<void>
}
