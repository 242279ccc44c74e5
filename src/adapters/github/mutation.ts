import { z } from 'zod'
import type { CheckStatus, Located, Projection } from '../../ports/forge.ts'
import { withMarker } from './comments.ts'
import type { Nodes } from './names.ts'

/** One GraphQL mutation. Text of people or models is only in `input`, which is sent as a variable. */
export interface Mutation {
  field: keyof typeof SELECTIONS
  input: Readonly<Record<string, unknown>>
}

/** The selected fields. Ids of checks and comments exceed GraphQL's Int, so the number is read from the URL. */
const SELECTIONS = {
  createCheckRun: 'checkRun { id url }',
  updateCheckRun: 'checkRun { id url }',
  createPullRequest: 'pullRequest { id url }',
  updatePullRequest: 'pullRequest { id url }',
  closePullRequest: 'pullRequest { id url }',
  markPullRequestReadyForReview: 'pullRequest { id url }',
  resolveReviewThread: 'thread { id comments(first: 1) { nodes { url } } }',
  addComment: 'commentEdge { node { id url } }',
  updateIssueComment: 'issueComment { id url }',
} as const

/** Null if the thread to write to does not exist. */
export function mutationOf(projection: Projection, nodes: Nodes): Mutation | null {
  switch (projection.kind) {
    case 'check':
      return checkMutation(projection, nodes)
    case 'pull':
      return pullMutation(projection, nodes.repository)
    case 'close-pull':
      return { field: 'closePullRequest', input: { pullRequestId: projection.located.node } }
    case 'ready-pull':
      return { field: 'markPullRequestReadyForReview', input: { pullRequestId: projection.located.node } }
    case 'resolve-thread':
      return { field: 'resolveReviewThread', input: { threadId: projection.located.node } }
    case 'comment':
      return commentMutation(projection, nodes.thread(projection.thread))
  }
}

type Of<Kind extends Projection['kind']> = Extract<Projection, { kind: Kind }>

function checkMutation(check: Of<'check'>, { repository: repositoryId, url }: Nodes): Mutation {
  const { label: name, externalId, title, summary, text, located, workflowRun = null, job } = check
  const output = { title, summary, ...(text === '' ? {} : { text }) }
  const page =
    workflowRun === null ? null : `${url}/actions/runs/${workflowRun}${job === undefined ? '' : `/job/${job}`}`
  const details = url === undefined || page === null ? {} : { detailsUrl: page }
  const shared = { repositoryId, name, externalId, output, ...details, ...progress(check.state) }
  if (located === null)
    return {
      field: 'createCheckRun',
      input: { ...shared, headSha: check.sha, output: { ...output, ...annotated(check) } },
    }
  return { field: 'updateCheckRun', input: { ...shared, checkRunId: located.node } }
}

/** GitHub adds those of an update to those that are there, so that only a new check has them. */
function annotated({ annotations = [] }: Of<'check'>): Record<string, unknown> {
  if (annotations.length === 0) return {}
  const shown = annotations.map(({ path, line, message }) => ({
    path,
    location: { startLine: line, endLine: line },
    annotationLevel: 'FAILURE',
    message,
  }))
  return { annotations: shown }
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

/** One document for all mutations: `m0`, `m1`, ... are done in order, and each may fail without the others. */
export function documentOf(mutations: readonly Mutation[]): { text: string; variables: Record<string, unknown> } {
  const declared = mutations.map(({ field }, index) => `$i${index}: ${field[0]?.toUpperCase()}${field.slice(1)}Input!`)
  const asked = mutations.map(({ field }, index) => `m${index}: ${field}(input: $i${index}) { ${SELECTIONS[field]} }`)
  const variables = Object.fromEntries(mutations.map(({ input }, index) => [`i${index}`, input]))
  return { text: `mutation(${declared.join(', ')}) { ${asked.join(' ')} }`, variables }
}

const objectSchema = z.object({ id: z.string(), url: z.string() })
const threadSchema = z.object({ id: z.string(), comments: z.object({ nodes: z.array(z.object({ url: z.string() })) }) })
const payloadSchema = z
  .union([
    z.object({ checkRun: objectSchema }).transform(({ checkRun }) => checkRun),
    z.object({ pullRequest: objectSchema }).transform(({ pullRequest }) => pullRequest),
    z
      .object({ thread: threadSchema })
      .transform(({ thread: { id, comments } }) => ({ id, url: comments.nodes[0]?.url ?? '' })),
    z.object({ issueComment: objectSchema }).transform(({ issueComment }) => issueComment),
    z.object({ commentEdge: z.object({ node: objectSchema }) }).transform(({ commentEdge }) => commentEdge.node),
  ])
  .transform(({ id, url }) => ({ node: id, number: Number(/(\d+)(?:\?.*)?$/.exec(url)?.[1]) }))
  .refine(({ number }) => Number.isSafeInteger(number))

/** The ids of the object that a mutation's payload names; null if it names none. */
export function locatedBy(payload: unknown): Located | null {
  const parsed = payloadSchema.safeParse(payload)
  return parsed.success ? parsed.data : null
}
