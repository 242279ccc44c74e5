import { type Actor, loginOf } from '../access/actor.ts'
import { findPerson } from '../access/people.ts'
import { canPush, jobHolds, type Key, needSignedIn } from '../access/permission.ts'
import { invalid, Refusal } from '../refusal.ts'
import { issueShape, labelShape } from '../representations/issue.ts'
import { userShape } from '../representations/user.ts'
import type { IssueRecord, LabelRecord } from '../store/document.ts'
import type { World } from '../world.ts'
import { addLabels } from './labels.ts'
import { payload } from './payload.ts'

/** GITHUB_TOKENs need `issues` for an issue; a pull request's thread is open to either key. */
export const threadKeys = (issue: IssueRecord): Key[] =>
  issue.pull === null ? ['issues'] : ['issues', 'pull-requests']

export interface NewIssue {
  title: string
  body: string | null
  labels: string[]
}

export async function createIssue(world: World, actor: Actor, wanted: NewIssue): Promise<IssueRecord> {
  needSignedIn(actor, 'issues')
  if (wanted.title.trim() === '') throw invalid({ resource: 'Issue', code: 'missing_field', field: 'title' })
  const issue = blankIssue(world, loginOf(actor), wanted.title, wanted.body)
  world.store.doc.issues.push(issue)
  const mayLabel = canPush(actor) || jobHolds(actor, ['issues'], 'write')
  const labels = mayLabel ? addLabels(world, issue, wanted.labels) : []
  world.store.changed()
  await emitIssue(world, actor, issue, 'opened')
  await emitLabeled(world, actor, issue, labels)
  return issue
}

export function blankIssue(world: World, author: string, title: string, body: string | null): IssueRecord {
  const now = world.now()
  return {
    id: world.store.nextId(),
    number: world.store.nextNumber(),
    title,
    body,
    author,
    state: 'open',
    stateReason: null,
    labels: [],
    createdAt: now,
    updatedAt: now,
    closedAt: null,
    closedBy: null,
    pull: null,
  }
}

export interface IssueChange {
  title?: string | undefined
  body?: string | null | undefined
  state?: 'open' | 'closed' | undefined
  stateReason?: IssueRecord['stateReason'] | undefined
  labels?: string[] | undefined
}

export async function updateIssue(world: World, actor: Actor, issue: IssueRecord, change: IssueChange): Promise<void> {
  needEditor(actor, issue)
  const before = { title: issue.title, body: issue.body, state: issue.state }
  issue.title = change.title ?? issue.title
  if (change.body !== undefined) issue.body = change.body
  const had = issue.labels
  if (change.labels !== undefined) issue.labels = []
  const fresh = addLabels(world, issue, change.labels ?? []).filter(({ name }) => !had.includes(name))
  issue.updatedAt = world.now()
  setState(world, actor, issue, change.state ?? issue.state, change.stateReason ?? null)
  world.store.changed()
  await emitLabeled(world, actor, issue, fresh)
  if (issue.pull !== null) return
  if (issue.state !== before.state) await emitIssue(world, actor, issue, issue.state === 'open' ? 'reopened' : 'closed')
  const changes = {
    ...(issue.title === before.title ? {} : { title: { from: before.title } }),
    ...(issue.body === before.body ? {} : { body: { from: before.body ?? '' } }),
  }
  if (Object.keys(changes).length > 0) await emitIssue(world, actor, issue, 'edited', { changes })
}

export function needEditor(actor: Actor, issue: IssueRecord): void {
  needSignedIn(actor, ...threadKeys(issue))
  if (actor.kind === 'person' && !canPush(actor) && issue.author !== loginOf(actor)) {
    throw new Refusal(403, 'Must have admin rights to Repository.')
  }
}

export function setState(
  world: World,
  actor: Actor,
  issue: IssueRecord,
  state: 'open' | 'closed',
  reason: IssueRecord['stateReason'],
): void {
  if (issue.state === state) return
  issue.state = state
  issue.stateReason = reason ?? (issue.pull !== null ? null : state === 'open' ? 'reopened' : 'completed')
  issue.closedAt = state === 'closed' ? world.now() : null
  issue.closedBy = state === 'closed' ? loginOf(actor) : null
  issue.updatedAt = world.now()
  world.store.changed()
}

/** One event for each label. Those of pull requests are not delivered: nothing here listens to them. */
export async function emitLabeled(world: World, actor: Actor, issue: IssueRecord, labels: readonly LabelRecord[]) {
  if (issue.pull !== null) return
  for (const label of labels) await emitIssue(world, actor, issue, 'labeled', { label: labelShape(world, label) })
}

/** Who cannot be assigned is passed over, as on GitHub. */
export async function assignPeople(
  world: World,
  actor: Actor,
  issue: IssueRecord,
  logins: readonly string[],
): Promise<void> {
  const before = issue.assignees ?? []
  const able = [...new Set(logins)].filter((login) => (findPerson(login)?.role ?? 'none') !== 'none')
  const fresh = able.filter((login) => !before.includes(login))
  issue.assignees = [...before, ...fresh]
  issue.updatedAt = world.now()
  world.store.changed()
  if (issue.pull !== null) return
  for (const login of fresh) await emitIssue(world, actor, issue, 'assigned', { assignee: userShape(world, login) })
}

const emitIssue = (world: World, actor: Actor, issue: IssueRecord, action: string, more: object = {}) => {
  const own = { action, ...more, issue: issueShape(world, issue) }
  return world.emit({ name: 'issues', payload: payload(world, actor, own) }, actor)
}
