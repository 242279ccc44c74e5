import { type CheckChange, createCheck, updateCheck } from '../acts/checks.ts'
import { createComment, minimizeComment, updateComment } from '../acts/comments.ts'
import { createPull, setDraft, updatePull } from '../acts/pulls.ts'
import { taskOf } from '../control/task.ts'
import type { Annotation } from '../store/document.ts'
import type { Actor } from '../who/actor.ts'
import type { World } from '../world.ts'
import { cursorOf } from './connection.ts'
import { checkById, commentById, needRepository, pullById, threadById } from './find.ts'
import { checkNode, commentNode, pullNode, threadNode } from './nodes.ts'
import { type RefWish, updateRefs } from './update-refs.ts'

export interface Asking {
  world: World
  actor: Actor
  /** Tasks that the mutations of this request speak of. */
  tasks: (string | null)[]
}

interface AnnotationInput {
  path: string
  annotationLevel: string
  location: { startLine: number; endLine: number; startColumn?: number | null; endColumn?: number | null }
  message: string
  title?: string | null
  rawDetails?: string | null
}

/** The schema has checked these already: what is required is there. */
interface CheckInput {
  name?: string | null
  detailsUrl?: string | null
  externalId?: string | null
  status?: string | null
  conclusion?: string | null
  startedAt?: string | null
  completedAt?: string | null
  output?: { title: string; summary: string; text?: string | null; annotations?: AnnotationInput[] | null } | null
}

type Input<T> = { input: T & { clientMutationId?: string | null } }

const changeOf = (input: CheckInput): CheckChange => ({
  name: input.name ?? undefined,
  detailsUrl: input.detailsUrl ?? undefined,
  externalId: input.externalId ?? undefined,
  status: input.status?.toLowerCase(),
  conclusion: input.conclusion?.toLowerCase(),
  startedAt: input.startedAt ?? undefined,
  completedAt: input.completedAt ?? undefined,
  output: input.output ? { ...input.output, annotations: input.output.annotations?.map(annotationOf) } : undefined,
})

const annotationOf = (input: AnnotationInput): Annotation => ({
  path: input.path,
  start_line: input.location.startLine,
  end_line: input.location.endLine,
  start_column: input.location.startColumn ?? null,
  end_column: input.location.endColumn ?? null,
  annotation_level: input.annotationLevel.toLowerCase(),
  title: input.title ?? null,
  message: input.message,
  raw_details: input.rawDetails ?? null,
})

const checkMutations = {
  createCheckRun: async (
    { input }: Input<CheckInput & { repositoryId: string; headSha: string; name: string }>,
    { world, actor, tasks }: Asking,
  ) => {
    tasks.push(taskOf(input.externalId, input.name))
    needRepository(input.repositoryId)
    const check = await createCheck(world, actor, input.headSha, input.name, changeOf(input))
    return { checkRun: checkNode(world, check) }
  },
  updateCheckRun: ({ input }: Input<CheckInput & { repositoryId: string; checkRunId: string }>, asking: Asking) => {
    const { world, actor, tasks } = asking
    needRepository(input.repositoryId)
    const check = checkById(world, input.checkRunId)
    tasks.push(taskOf(check.externalId, check.name))
    updateCheck(world, actor, check, changeOf(input))
    return { checkRun: checkNode(world, check) }
  },
}

interface NewPullInput {
  repositoryId: string
  headRefName: string
  baseRefName: string
  title: string
  body?: string | null
  draft?: boolean | null
}

interface PullInput {
  pullRequestId: string
  title?: string | null
  body?: string | null
  baseRefName?: string | null
  state?: 'OPEN' | 'CLOSED' | null
}

type PullOnly = Input<{ pullRequestId: string }>

const branchOf = (name: string): string => name.replace(/^refs\/heads\//, '')

function changePull(act: (asking: Asking, pull: ReturnType<typeof pullById>) => Promise<void>) {
  return async ({ input }: PullOnly, asking: Asking) => {
    const pull = pullById(asking.world, input.pullRequestId)
    asking.tasks.push(taskOf(pull.pull.head))
    await act(asking, pull)
    return { pullRequest: pullNode(asking.world, pull) }
  }
}

const pullMutations = {
  createPullRequest: async ({ input }: Input<NewPullInput>, { world, actor, tasks }: Asking) => {
    const head = branchOf(input.headRefName)
    tasks.push(taskOf(head))
    needRepository(input.repositoryId)
    const { title, body = null, draft } = input
    const wanted = { title, body, head, base: branchOf(input.baseRefName), draft: draft === true }
    return { pullRequest: pullNode(world, await world.inTurn(() => createPull(world, actor, wanted))) }
  },
  updatePullRequest: ({ input }: Input<PullInput>, asking: Asking) =>
    changePull(({ world, actor }, pull) =>
      updatePull(world, actor, pull, {
        title: input.title ?? undefined,
        body: input.body ?? undefined,
        base: input.baseRefName ?? undefined,
        state: input.state === 'OPEN' ? 'open' : input.state === 'CLOSED' ? 'closed' : undefined,
      }),
    )({ input }, asking),
  closePullRequest: changePull(({ world, actor }, pull) => updatePull(world, actor, pull, { state: 'closed' })),
  reopenPullRequest: changePull(({ world, actor }, pull) => updatePull(world, actor, pull, { state: 'open' })),
  markPullRequestReadyForReview: changePull(({ world, actor }, pull) => setDraft(world, actor, pull, false)),
  convertPullRequestToDraft: changePull(({ world, actor }, pull) => setDraft(world, actor, pull, true)),
}

const commentMutations = {
  addComment: async ({ input }: Input<{ subjectId: string; body: string }>, { world, actor, tasks }: Asking) => {
    const issue = threadById(world, input.subjectId)
    tasks.push(taskOf(issue.pull?.head))
    const comment = await createComment(world, actor, issue, input.body)
    const place = world.store.doc.comments.filter((one) => one.issue === issue.number).indexOf(comment) + 1
    return {
      commentEdge: { cursor: cursorOf(place), node: commentNode(world, comment) },
      subject: threadNode(world, issue),
    }
  },
  updateIssueComment: async ({ input }: Input<{ id: string; body: string }>, { world, actor, tasks }: Asking) => {
    tasks.push(null)
    const comment = commentById(world, input.id)
    await updateComment(world, actor, comment, input.body)
    return { issueComment: commentNode(world, comment) }
  },
  minimizeComment: ({ input }: Input<{ subjectId: string; classifier: string }>, { world, actor, tasks }: Asking) => {
    tasks.push(null)
    const comment = commentById(world, input.subjectId)
    minimizeComment(world, actor, comment, input.classifier)
    return { minimizedComment: commentNode(world, comment) }
  },
}

const refMutations = {
  updateRefs: async (
    { input }: Input<{ repositoryId: string; refUpdates: RefWish[] }>,
    { world, actor, tasks }: Asking,
  ) => {
    const named = new Set(input.refUpdates.map(({ name }) => taskOf(name)))
    tasks.push(named.size === 1 ? ([...named][0] ?? null) : null)
    needRepository(input.repositoryId)
    await world.inTurn(() => updateRefs(world, actor, input.refUpdates))
    return {}
  },
}

/** The roots of GraphQL's mutations. `clientMutationId` comes back as it was given. */
export const mutations = Object.fromEntries(
  Object.entries({ ...checkMutations, ...pullMutations, ...commentMutations, ...refMutations }).map(([name, act]) => [
    name,
    async (given: Input<object>, asking: Asking) => {
      const answer = await (act as (given: Input<object>, asking: Asking) => Promise<object>)(given, asking)
      return { clientMutationId: given.input.clientMutationId ?? null, ...answer }
    },
  ]),
)
