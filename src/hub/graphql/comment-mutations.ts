import { taskOfRequest } from '../control/task.ts'
import { createComment, minimizeComment, updateComment } from '../mutations/comments.ts'
import { cursorOf } from './connection.ts'
import type { Input, ResolverContext } from './context.ts'
import { commentById, threadById } from './find.ts'
import { commentNode, threadNode } from './thread-nodes.ts'

export const commentMutations = {
  addComment: async (
    { input }: Input<{ subjectId: string; body: string }>,
    { world, actor, wrote }: ResolverContext,
  ) => {
    const issue = threadById(world, input.subjectId)
    wrote(taskOfRequest(issue.pull?.head))
    const comment = await createComment(world, actor, issue, input.body)
    const place = world.store.doc.comments.filter((one) => one.issue === issue.number).indexOf(comment) + 1
    return {
      commentEdge: { cursor: cursorOf(place), node: commentNode(world, comment) },
      subject: threadNode(world, issue),
    }
  },
  updateIssueComment: async (
    { input }: Input<{ id: string; body: string }>,
    { world, actor, wrote }: ResolverContext,
  ) => {
    wrote(null)
    const comment = commentById(world, input.id)
    await updateComment(world, actor, comment, input.body)
    return { issueComment: commentNode(world, comment) }
  },
  minimizeComment: (
    { input }: Input<{ subjectId: string; classifier: string }>,
    { world, actor, wrote }: ResolverContext,
  ) => {
    wrote(null)
    const comment = commentById(world, input.subjectId)
    minimizeComment(world, actor, comment, input.classifier)
    return { minimizedComment: commentNode(world, comment) }
  },
}
