import { findPerson, LOGINS } from '../access/people.ts'
import { Refusal } from '../refusal.ts'
import { nodeId, parseNodeId } from '../representations/node-id.ts'
import { isPull, type PullIssue } from '../representations/pull.ts'
import { REPOSITORY_ID } from '../representations/repository.ts'
import type { CheckRecord, CommentRecord, IssueRecord, ReviewCommentRecord } from '../store/document.ts'
import type { World } from '../world.ts'
import { actorNode, checkNode, objectNode, refNode, suiteNode } from './nodes.ts'
import { repositoryNode } from './repository.ts'
import { reviewCommentNode, reviewNode } from './review-nodes.ts'
import { commentNode, issueNode, pullNode } from './thread-nodes.ts'

const noNode = (id: string): Refusal => new Refusal(404, `Could not resolve to a node with the global id of '${id}'`)

/** The node with this global id, of any type. Throws if there is none. */
export async function nodeWith(world: World, id: string): Promise<object> {
  const parsed = parseNodeId(id)
  const node = parsed === null ? null : await lookUp(world, parsed.kind, parsed.id)
  if (node === null || node === undefined) throw noNode(id)
  return node
}

function lookUp(world: World, kind: string, id: string): object | null | undefined | Promise<object | null> {
  const { doc } = world.store
  const own = <T extends { id: number }>(all: readonly T[]) => all.find((one) => String(one.id) === id)
  const shown = <T, N>(found: T | undefined, node: (world: World, found: T) => N) =>
    found === undefined ? null : node(world, found)
  if (kind === 'R') return Number(id) === REPOSITORY_ID ? repositoryNode(world) : null
  if (kind === 'I') return shown(own(doc.issues.filter((issue) => issue.pull === null)), issueNode)
  if (kind === 'PR') return shown(pullWith(world, id), pullNode)
  if (kind === 'IC') return shown(own(doc.comments), commentNode)
  if (kind === 'PRR') return shown(own(doc.reviews), reviewNode)
  if (kind === 'PRRC') return shown(own(doc.reviewComments ?? []), reviewCommentNode)
  if (kind === 'CR') return shown(own(doc.checks), checkNode)
  if (kind === 'CS') return shown(own(doc.suites), suiteNode)
  if (kind === 'REF') return refNode(world, id)
  if (kind === 'C' || kind === 'CO') return /^[0-9a-f]{40}$/.test(id) ? objectNode(world, id) : null
  const login = LOGINS.find((name) => String(findPerson(name)?.id) === id)
  return kind === 'U' && login !== undefined ? actorNode(world, login) : null
}

const pullWith = (world: World, id: string): PullIssue | undefined =>
  world.store.doc.issues.filter(isPull).find((issue) => String(issue.pull.id) === id)

/** For mutations: throws unless the id is of the right type. */
export function pullById(world: World, id: string): PullIssue {
  const parsed = parseNodeId(id)
  const found = parsed?.kind === 'PR' ? pullWith(world, parsed.id) : undefined
  return found ?? refuse(id)
}

export function threadById(world: World, id: string): IssueRecord {
  const parsed = parseNodeId(id)
  if (parsed?.kind === 'PR') return pullById(world, id)
  const found = world.store.doc.issues.find((issue) => issue.pull === null && nodeId('I', issue.id) === id)
  return found ?? refuse(id)
}

export const commentById = (world: World, id: string): CommentRecord =>
  world.store.doc.comments.find((comment) => nodeId('IC', comment.id) === id) ?? refuse(id)

/** The comment that a review thread begins with. */
export const threadFirst = (world: World, id: string): ReviewCommentRecord =>
  (world.store.doc.reviewComments ?? []).find((one) => one.replyTo === null && nodeId('PRRT', one.id) === id) ??
  refuse(id)

export const checkById = (world: World, id: string): CheckRecord =>
  world.store.doc.checks.find((check) => nodeId('CR', check.id) === id) ?? refuse(id)

export function needRepository(id: string): void {
  if (id !== nodeId('R', REPOSITORY_ID)) refuse(id)
}

function refuse(id: string): never {
  throw noNode(id)
}
