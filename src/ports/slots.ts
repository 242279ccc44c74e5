/** A slot as the job list shows it. */
export interface SlotJob {
  slot: string
  status: 'queued' | 'in_progress' | 'completed'
  startedAt: string | null
  /** It ended by its own will, and so has handed over all that it began. */
  leftInOrder: boolean
}

/** A result that a slot has uploaded; named `tributary-<run>-<task>-<attempt>`. */
export interface ResultArtifact {
  id: number
  run: string
  task: string
  attempt: number
}

/** What a slot handed over is no result: too large, torn, or without a `result.json`. Asking again would not help. */
export class UnreadableResult extends Error {
  override name = 'UnreadableResult'
}

/** The orchestrator's eyes on its slots. Reads are conditional: unchanged lists cost nothing. */
export interface Slots {
  /** Jobs of a workflow run that are slots of this tributary run. `unchanged` answers come from the cache. */
  jobs(workflowRun: number): Promise<SlotJob[]>
  results(workflowRun: number, run: string): Promise<ResultArtifact[]>
  /** Download and unpack: `result.json` (text) and the path of the bundle, where there is one. Size-capped; throws UnreadableResult. */
  download(artifact: ResultArtifact): Promise<{ result: string; bundle: string | null }>
}

/** What a slot can do besides reading the journal: hand its result over. */
export interface Handover {
  upload(name: string, files: readonly string[], rootFolder: string): Promise<void>
}
