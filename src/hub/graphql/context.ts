import type { Actor } from '../access/actor.ts'
import type { World } from '../world.ts'

/** What every resolver of one request shares. */
export interface ResolverContext {
  world: World
  actor: Actor
  /** Tasks that the mutations of this request speak of. */
  tasks: (string | null)[]
}

/** The schema has checked inputs already: what is required is there. */
export type Input<T> = { input: T & { clientMutationId?: string | null } }
