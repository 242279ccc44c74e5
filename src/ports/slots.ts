/** A slot in the workflow run's job list. */
export interface SlotJob {
  id: number
  slot: string
  status: 'queued' | 'in_progress' | 'completed'
  startedAt: string | null
  /** It ended successfully, and so has uploaded the result of every task that it began. */
  leftInOrder: boolean
  /** Its page. */
  url: string
  /** If it ended before our step began: the name of the step that failed; null: none of its steps ran. */
  failedStep?: string | null
}

/** What the log of an ended job says. */
export interface JobEnding {
  /** Its last error; null: it has none. */
  error: string | null
  /** Results that could not become artifacts; the caller knows the job's workflow run. */
  results: Omit<ResultArtifact, 'workflowRun'>[]
}

/** A result that a slot has uploaded; named `tributary-<run>-<task>-<attempt>`. */
export interface ResultArtifact {
  /** Of the artifact, or of the job whose log holds the result. */
  id: number
  from?: 'log'
  /** The workflow run that uploaded it. GitHub does not say which of its jobs. */
  workflowRun: number
  run: string
  task: string
  attempt: number
}

/** What a slot has uploaded of work in progress. A later number replaces the ones before. */
export interface CheckpointArtifact extends ResultArtifact {
  number: number
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
  /** Of the same list as the results. */
  checkpoints(workflowRun: number, run: string): Promise<CheckpointArtifact[]>
  /** Reads the log of a job that has ended; null: there is none, as after the loss of a machine. */
  ending(job: number, run: string): Promise<JobEnding | null>
  /** Downloads and unpacks a result: the text of `result.json` and the path of the bundle, if any. Throws UnreadableResult, also if it is too large. */
  download(artifact: ResultArtifact): Promise<{ result: string; bundle: string | null }>
}

/** How a slot uploads its result; apart from this it only reads. */
export interface Handover {
  /** Throws StorageRefused if another try would be refused too. `days`: how long it is kept; else long enough for a result. */
  upload(name: string, files: readonly string[], rootFolder: string, days?: number): Promise<void>
  /** Deletes an artifact of this workflow run. */
  remove(name: string): Promise<void>
  /** Writes a line to the job's log as it is. */
  print(line: string): void
}

/** The platform takes no artifact, and says why. */
export class StorageRefused extends Error {
  override name = 'StorageRefused'
}
