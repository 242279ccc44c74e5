import type { Actor } from '../access/actor.ts'
import { needApp } from '../access/permission.ts'
import { invalid, Refusal } from '../refusal.ts'
import type { Annotation, CheckRecord } from '../store/document.ts'
import type { World } from '../world.ts'

export interface CheckChange {
  name?: string | undefined
  detailsUrl?: string | undefined
  externalId?: string | undefined
  status?: string | undefined
  conclusion?: string | undefined
  startedAt?: string | undefined
  completedAt?: string | undefined
  output?:
    | {
        title?: string | null | undefined
        summary?: string | null | undefined
        text?: string | null | undefined
        annotations?: Annotation[] | undefined
      }
    | undefined
}

const LONGEST_TEXT = 65_535
const MOST_ANNOTATIONS = 50

export async function createCheck(
  world: World,
  actor: Actor,
  sha: string,
  name: string,
  change: CheckChange,
): Promise<CheckRecord> {
  needApp(actor, 'checks')
  checkChange(change)
  if (change.output !== undefined && change.output.title === undefined) {
    throw invalid({ resource: 'CheckRun', code: 'missing_field', field: 'title' })
  }
  const known = /^[0-9a-f]{40}$/.test(sha) ? await world.git.commitOf(sha) : null
  if (known === null) throw new Refusal(422, `No commit found for SHA: ${sha}`)
  const check: CheckRecord = {
    id: world.store.nextId(),
    suite: suiteOf(world, known),
    headSha: known,
    name,
    externalId: '',
    detailsUrl: null,
    status: 'queued',
    conclusion: null,
    startedAt: world.now(),
    completedAt: null,
    output: { title: null, summary: null, text: null, annotations: [] },
  }
  apply(world, check, change)
  world.store.doc.checks.push(check)
  world.store.changed()
  return check
}

export function updateCheck(world: World, actor: Actor, check: CheckRecord, change: CheckChange): void {
  needApp(actor, 'checks')
  checkChange(change)
  apply(world, check, change)
  world.store.changed()
}

function apply(world: World, check: CheckRecord, change: CheckChange): void {
  check.name = change.name ?? check.name
  check.externalId = change.externalId ?? check.externalId
  check.detailsUrl = change.detailsUrl ?? check.detailsUrl
  check.startedAt = change.startedAt ?? check.startedAt
  applyStatus(world, check, change)
  const { title, summary, text, annotations } = change.output ?? {}
  if (title !== undefined) check.output.title = title
  if (summary !== undefined) check.output.summary = summary
  if (text !== undefined) check.output.text = text
  // Each request adds to the annotations that are there.
  check.output.annotations.push(...(annotations ?? []))
}

/** A conclusion completes a check; any other status takes the conclusion back. */
function applyStatus(world: World, check: CheckRecord, change: CheckChange): void {
  if (change.conclusion !== undefined) {
    check.status = 'completed'
    check.conclusion = change.conclusion
    check.completedAt = change.completedAt ?? world.now()
  } else if (change.status !== undefined && change.status !== 'completed') {
    check.status = change.status
    check.conclusion = null
    check.completedAt = null
  }
}

function checkChange(change: CheckChange): void {
  if (change.status === 'completed' && change.conclusion === undefined) {
    throw invalid({ resource: 'CheckRun', code: 'missing_field', field: 'conclusion' })
  }
  const { summary, text, annotations } = change.output ?? {}
  for (const [field, value] of Object.entries({ summary, text })) {
    if ((value ?? '').length > LONGEST_TEXT) {
      const message = `${field} exceeds a maximum bytesize of ${LONGEST_TEXT}`
      throw invalid({ resource: 'CheckRun', code: 'custom', field, message })
    }
  }
  if ((annotations ?? []).length > MOST_ANNOTATIONS) {
    throw invalid({
      resource: 'CheckRun',
      code: 'custom',
      message: `annotations exceeds a maximum of ${MOST_ANNOTATIONS}`,
    })
  }
}

/** All checks that Actions makes on a commit share its first suite. */
export function suiteOf(world: World, sha: string): number {
  const { suites } = world.store.doc
  const known = suites.find((suite) => suite.headSha === sha)
  if (known !== undefined) return known.id
  const suite = { id: world.store.nextId(), headSha: sha, createdAt: world.now() }
  suites.push(suite)
  world.store.changed()
  return suite.id
}
