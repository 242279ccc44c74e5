import type { Actor } from '../access/actor.ts'
import type { World } from '../world.ts'

/** State that all resolvers of one request share. */
export interface ResolverContext {
  world: World
  actor: Actor
  /** Says that a mutation is a write, and which task it concerns. */
  wrote(task: string | null): void
}

/** GraphQL has validated the input, so required fields are present. */
export type Input<T> = { input: T & { clientMutationId?: string | null } }
