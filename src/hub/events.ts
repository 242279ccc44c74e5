import { type Actor, loginOf } from './access/actor.ts'
import type { Faults } from './control/faults.ts'
import type { HubEvent, Runner } from './host.ts'

/** A job's token starts a workflow only by dispatch. A lost delivery does not undo the change that caused it, as on GitHub. */
export function createEmitter(
  runner: () => Runner,
  { faults, isArchived, log }: { faults: Faults; isArchived(): boolean; log(line: string): void },
) {
  return async (event: Omit<HubEvent, 'actor'>, actor: Actor): Promise<number[]> => {
    if (actor.kind === 'job' && event.name !== 'workflow_dispatch') return []
    // No workflow runs in an archived repository.
    if (isArchived()) return []
    const fault = faults.forEvent(event.name)
    const times = fault === 'drop' ? 0 : fault === 'double' ? 2 : 1
    const runs: number[] = []
    for (let time = 0; time < times; time += 1) {
      try {
        runs.push(...(await runner().deliver({ ...event, actor: loginOf(actor) })))
      } catch (error) {
        log(`${event.name}: ${error instanceof Error ? error.stack : String(error)}`)
      }
    }
    return runs
  }
}
