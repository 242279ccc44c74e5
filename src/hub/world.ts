import type { Actor } from './access/actor.ts'
import type { Faults } from './control/faults.ts'
import type { Metrics } from './control/metrics.ts'
import type { Repository } from './git/repository.ts'
import type { HubEvent, Runner } from './host.ts'
import type { SerialQueue } from './serial-queue.ts'
import type { Store } from './store/store.ts'
import type { Urls } from './urls.ts'

/** What every route, mutation and hook of one hub works on. */
export interface World {
  readonly store: Store
  readonly git: Repository
  readonly urls: Urls
  readonly dataDir: string
  readonly faults: Faults
  readonly metrics: Metrics
  readonly secrets: Readonly<Record<string, string>>
  runner(): Runner
  /** Start the workflows that listen, except where a job's token caused the event: that starts nothing but dispatches. */
  emit(event: Omit<HubEvent, 'actor'>, actor: Actor): Promise<number[]>
  /** Things that look at several pull requests and then change them go one after another. */
  readonly inTurn: SerialQueue
  /** Let the faults that kill jobs look at those that run already. */
  killRunning(): void
  now(): string
  log(line: string): void
}
