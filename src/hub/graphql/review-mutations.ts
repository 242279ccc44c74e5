import { loginOf } from '../access/actor.ts'
import { taskOfRequest } from '../control/task.ts'
import { enableAutoMerge } from '../mutations/auto-merge.ts'
import { findPull } from '../mutations/find.ts'
import { mergePull } from '../mutations/merge.ts'
import { replyToReview, resolveThread } from '../mutations/reviews.ts'
import type { MergeMethod } from '../store/document.ts'
import type { Input, ResolverContext } from './context.ts'
import { pullById, threadFirst } from './find.ts'
import { actorNode } from './nodes.ts'
import { reviewCommentNode, threadNodeOf } from './review-nodes.ts'
import { pullNode } from './thread-nodes.ts'

interface MergeInput {
  pullRequestId: string
  expectedHeadOid?: string | null
  mergeMethod?: 'MERGE' | 'SQUASH' | 'REBASE' | null
  commitHeadline?: string | null
  commitBody?: string | null
}

const METHODS: Readonly<Record<string, MergeMethod>> = { MERGE: 'merge', SQUASH: 'squash', REBASE: 'rebase' }
const methodOf = ({ mergeMethod }: MergeInput): MergeMethod => METHODS[mergeMethod ?? 'MERGE'] ?? 'merge'

const merged = ({ world, actor }: ResolverContext, id: string) => ({
  actor: actorNode(world, loginOf(actor)),
  pullRequest: pullNode(world, pullById(world, id)),
})

export const reviewMutations = {
  addPullRequestReviewThreadReply: async (
    { input }: Input<{ pullRequestReviewThreadId: string; body: string }>,
    { world, actor, wrote }: ResolverContext,
  ) => {
    const first = threadFirst(world, input.pullRequestReviewThreadId)
    const issue = findPull(world, first.issue)
    wrote(taskOfRequest(issue.pull.head))
    return { comment: reviewCommentNode(world, await replyToReview(world, actor, issue, first, input.body)) }
  },
  resolveReviewThread: ({ input }: Input<{ threadId: string }>, { world, actor, wrote }: ResolverContext) => {
    const first = threadFirst(world, input.threadId)
    const issue = findPull(world, first.issue)
    wrote(taskOfRequest(issue.pull.head))
    resolveThread(world, actor, issue, first)
    return { thread: threadNodeOf(world, issue, first) }
  },
  enablePullRequestAutoMerge: async ({ input }: Input<MergeInput>, context: ResolverContext) => {
    const { world, actor, wrote } = context
    const issue = pullById(world, input.pullRequestId)
    wrote(taskOfRequest(issue.pull.head))
    await enableAutoMerge(world, actor, issue, { method: methodOf(input), sha: input.expectedHeadOid ?? undefined })
    return merged(context, input.pullRequestId)
  },
  mergePullRequest: async ({ input }: Input<MergeInput>, context: ResolverContext) => {
    const { world, actor, wrote } = context
    const issue = pullById(world, input.pullRequestId)
    wrote(taskOfRequest(issue.pull.head))
    await world.inTurn(() =>
      mergePull(world, actor, issue, {
        method: methodOf(input),
        title: input.commitHeadline ?? undefined,
        message: input.commitBody ?? undefined,
        sha: input.expectedHeadOid ?? undefined,
      }),
    )
    return merged(context, input.pullRequestId)
  },
}
