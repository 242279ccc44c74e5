import type { HubEvent, WorkflowRunRecord } from '../../host.ts'
import type { Json, JsonObject } from './json.ts'
import type { Source } from './source.ts'
import type { Workflow } from './workflow.ts'

/** A triggered workflow run and the data that its jobs read. */
export interface RunPlan {
  readonly record: WorkflowRunRecord
  readonly workflow: Workflow
  readonly event: HubEvent
  readonly payload: Json
  readonly source: Source
  /** The `github` context without what only a job knows. */
  readonly github: JsonObject
  readonly inputs: JsonObject
}
