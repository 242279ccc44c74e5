import { Refusal } from '../refusal.ts'
import type { Document } from '../store/document.ts'
import type { Actor } from './actor.ts'

/** The keys of a workflow's `permissions:` that the hub checks. */
export type Key = 'actions' | 'checks' | 'contents' | 'issues' | 'pull-requests'

const NOT_BY_INTEGRATION = 'Resource not accessible by integration'

/** Whether this job's token holds one of the keys. */
export const jobHolds = (actor: Actor, keys: readonly Key[], level: 'read' | 'write'): boolean =>
  actor.kind === 'job' &&
  keys.some((key) => {
    const held = actor.token.permissions[key]
    return held === 'write' || (level === 'read' && held === 'read')
  })

export const canPush = (actor: Actor): boolean =>
  actor.kind === 'job'
    ? jobHolds(actor, ['contents'], 'write')
    : actor.kind === 'person' && (actor.person.role === 'admin' || actor.person.role === 'write')

/** Allows any signed-in user, or a job with one of the keys: issues and comments of a public repository. */
export function needSignedIn(actor: Actor, ...keys: Key[]): void {
  if (actor.kind === 'anonymous') throw new Refusal(401, 'Requires authentication')
  if (actor.kind === 'job' && !jobHolds(actor, keys, 'write')) throw new Refusal(403, NOT_BY_INTEGRATION)
}

/** Allows people with write access, or a job with one of the keys. */
export function needWrite(actor: Actor, keys: readonly Key[], refusal = 'Must have push access to repository'): void {
  needSignedIn(actor, ...keys)
  if (actor.kind === 'person' && !canPush(actor)) throw new Refusal(403, refusal)
}

/** Allows jobs only, as only Apps may create check runs. */
export function needApp(actor: Actor, key: Key): void {
  needSignedIn(actor, key)
  if (actor.kind === 'person') throw new Refusal(403, 'You must authenticate via a GitHub App.')
}

export function needAdmin(actor: Actor): void {
  if (actor.kind === 'anonymous') throw new Refusal(401, 'Requires authentication')
  if (actor.kind === 'job') throw new Refusal(403, NOT_BY_INTEGRATION)
  if (actor.person.role !== 'admin') throw new Refusal(403, 'Must have admin rights to Repository.')
}

/** A public repository is readable for all; in a private one outsiders get 404 and jobs need the key. */
export function needRead(doc: Document, actor: Actor, ...keys: Key[]): void {
  if (!doc.settings.private) return
  if (actor.kind === 'anonymous' || (actor.kind === 'person' && actor.person.role === 'none'))
    throw new Refusal(404, 'Not Found')
  if (actor.kind === 'job' && keys.length > 0 && !jobHolds(actor, keys, 'read'))
    throw new Refusal(403, NOT_BY_INTEGRATION)
}
