import type { Actor } from './access/actor.ts'
import type { Faults } from './control/faults.ts'
import type { Metrics } from './control/metrics.ts'
import type { BuiltInWorkflow } from './git/built-in-workflow.ts'
import type { Repository } from './git/repository.ts'
import type { HubEvent, Runner } from './host.ts'
import type { SerialQueue } from './serial-queue.ts'
import type { Store } from './store/store.ts'
import type { Urls } from './urls.ts'

/** The shared state of one hub, for its routes, mutations and hooks. */
export interface World {
  readonly store: Store
  readonly git: Repository
  readonly urls: Urls
  readonly dataDir: string
  readonly faults: Faults
  readonly metrics: Metrics
  readonly secrets: Readonly<Record<string, string>>
  readonly builtInWorkflow: BuiltInWorkflow | undefined
  /** An address that a browser opens, once. */
  link(): string
  runner(): Runner
  /** Starts the workflows that listen to the event. An event caused by a job's token starts none, unless it is a dispatch. */
  emit(event: Omit<HubEvent, 'actor'>, actor: Actor): Promise<number[]>
  /** Serializes operations that read and then change several pull requests. */
  readonly inTurn: SerialQueue
  /** Applies the faults that kill jobs to jobs that already run. */
  killRunning(): void
  now(): string
  log(line: string): void
}
