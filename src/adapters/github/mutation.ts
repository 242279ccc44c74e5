import { z } from 'zod'
import type { CheckStatus, Located, Projection } from '../../ports/forge.ts'
import { withMarker } from './comments.ts'
import type { Nodes } from './node-ids.ts'

/** One GraphQL mutation. All that people or models wrote is in `input`, which travels as a variable. */
export interface Mutation {
  field: keyof typeof ANSWERS
  input: Readonly<Record<string, unknown>>
}

/** What is asked back. Ids of checks and comments outgrow GraphQL's Int, so the number is read off the address. */
const ANSWERS = {
  createCheckRun: 'checkRun { id url }',
  updateCheckRun: 'checkRun { id url }',
  createPullRequest: 'pullRequest { id url }',
  updatePullRequest: 'pullRequest { id url }',
  closePullRequest: 'pullRequest { id url }',
  markPullRequestReadyForReview: 'pullRequest { id url }',
  addComment: 'commentEdge { node { id url } }',
  updateIssueComment: 'issueComment { id url }',
} as const

/** Null where the thread that is to be written to is not there. */
export function mutationOf(projection: Projection, nodes: Nodes): Mutation | null {
  switch (projection.kind) {
    case 'check':
      return checkMutation(projection, nodes.repository)
    case 'pull':
      return pullMutation(projection, nodes.repository)
    case 'close-pull':
      return { field: 'closePullRequest', input: { pullRequestId: projection.located.node } }
    case 'ready-pull':
      return { field: 'markPullRequestReadyForReview', input: { pullRequestId: projection.located.node } }
    case 'comment':
      return commentMutation(projection, nodes.thread(projection.thread))
  }
}

type Of<Kind extends Projection['kind']> = Extract<Projection, { kind: Kind }>

function checkMutation(check: Of<'check'>, repositoryId: string): Mutation {
  const { label: name, externalId, title, summary, text, located } = check
  const output = { title, summary, ...(text === '' ? {} : { text }) }
  const shared = { repositoryId, name, externalId, output, ...progress(check.state) }
  if (located === null) return { field: 'createCheckRun', input: { ...shared, headSha: check.sha } }
  return { field: 'updateCheckRun', input: { ...shared, checkRunId: located.node } }
}

function progress(state: CheckStatus): Record<string, unknown> {
  if (state.status !== 'completed') return { ...state, status: state.status.toUpperCase() }
  const { startedAt, completedAt, conclusion } = state
  const times = startedAt === null ? { completedAt } : { startedAt, completedAt }
  return { status: 'COMPLETED', conclusion: conclusion.toUpperCase(), ...times }
}

function pullMutation({ located, title, body, base, head, draft }: Of<'pull'>, repositoryId: string): Mutation {
  if (located !== null) return { field: 'updatePullRequest', input: { pullRequestId: located.node, title, body } }
  const input = { repositoryId, baseRefName: base, headRefName: head, title, body, draft }
  return { field: 'createPullRequest', input }
}

function commentMutation(comment: Of<'comment'>, subjectId: string | null): Mutation | null {
  const body = withMarker(comment.marker, comment.body)
  if (comment.located !== null) return { field: 'updateIssueComment', input: { id: comment.located.node, body } }
  return subjectId === null ? null : { field: 'addComment', input: { subjectId, body } }
}

/** One document for all of them: `m0`, `m1`, ... are done one after the other, and each may fail alone. */
export function documentOf(mutations: readonly Mutation[]): { text: string; variables: Record<string, unknown> } {
  const declared = mutations.map(({ field }, index) => `$i${index}: ${field[0]?.toUpperCase()}${field.slice(1)}Input!`)
  const asked = mutations.map(({ field }, index) => `m${index}: ${field}(input: $i${index}) { ${ANSWERS[field]} }`)
  const variables = Object.fromEntries(mutations.map(({ input }, index) => [`i${index}`, input]))
  return { text: `mutation(${declared.join(', ')}) { ${asked.join(' ')} }`, variables }
}

const thingSchema = z.object({ id: z.string(), url: z.string() })
const payloadSchema = z
  .union([
    z.object({ checkRun: thingSchema }).transform(({ checkRun }) => checkRun),
    z.object({ pullRequest: thingSchema }).transform(({ pullRequest }) => pullRequest),
    z.object({ issueComment: thingSchema }).transform(({ issueComment }) => issueComment),
    z.object({ commentEdge: z.object({ node: thingSchema }) }).transform(({ commentEdge }) => commentEdge.node),
  ])
  .transform(({ id, url }) => ({ node: id, number: Number(/(\d+)(?:\?.*)?$/.exec(url)?.[1]) }))
  .refine(({ number }) => Number.isSafeInteger(number))

/** Where the answer says that the thing is now; null where it does not say. */
export function locatedBy(payload: unknown): Located | null {
  const parsed = payloadSchema.safeParse(payload)
  return parsed.success ? parsed.data : null
}
