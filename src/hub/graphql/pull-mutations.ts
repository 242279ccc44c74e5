import { branchOfRef } from '../../core/ids.ts'
import { taskOfRequest } from '../control/task.ts'
import { createPull, setDraft, updatePull } from '../mutations/pulls.ts'
import type { Input, ResolverContext } from './context.ts'
import { needRepository, pullById } from './find.ts'
import { pullNode } from './thread-nodes.ts'

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

const branchOf = (name: string): string => branchOfRef(name) ?? name

function changePull(act: (context: ResolverContext, pull: ReturnType<typeof pullById>) => Promise<void>) {
  return async ({ input }: PullOnly, context: ResolverContext) => {
    const pull = pullById(context.world, input.pullRequestId)
    context.wrote(taskOfRequest(pull.pull.head))
    await act(context, pull)
    return { pullRequest: pullNode(context.world, pull) }
  }
}

export const pullMutations = {
  createPullRequest: async ({ input }: Input<NewPullInput>, { world, actor, wrote }: ResolverContext) => {
    const head = branchOf(input.headRefName)
    wrote(taskOfRequest(head))
    needRepository(input.repositoryId)
    const { title, body = null, draft } = input
    const wanted = { title, body, head, base: branchOf(input.baseRefName), draft: draft === true }
    return { pullRequest: pullNode(world, await world.inTurn(() => createPull(world, actor, wanted))) }
  },
  updatePullRequest: ({ input }: Input<PullInput>, context: ResolverContext) =>
    changePull(({ world, actor }, pull) =>
      updatePull(world, actor, pull, {
        title: input.title ?? undefined,
        body: input.body ?? undefined,
        base: input.baseRefName ?? undefined,
        state: input.state === 'OPEN' ? 'open' : input.state === 'CLOSED' ? 'closed' : undefined,
      }),
    )({ input }, context),
  closePullRequest: changePull(({ world, actor }, pull) => updatePull(world, actor, pull, { state: 'closed' })),
  reopenPullRequest: changePull(({ world, actor }, pull) => updatePull(world, actor, pull, { state: 'open' })),
  markPullRequestReadyForReview: changePull(({ world, actor }, pull) => setDraft(world, actor, pull, false)),
  convertPullRequestToDraft: changePull(({ world, actor }, pull) => setDraft(world, actor, pull, true)),
}
