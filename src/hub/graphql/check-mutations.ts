import { taskOfRequest } from '../control/task.ts'
import { type CheckChange, createCheck, updateCheck } from '../mutations/checks.ts'
import type { Annotation } from '../store/document.ts'
import type { Input, ResolverContext } from './context.ts'
import { checkById, needRepository } from './find.ts'
import { checkNode } from './nodes.ts'

interface AnnotationInput {
  path: string
  annotationLevel: string
  location: { startLine: number; endLine: number; startColumn?: number | null; endColumn?: number | null }
  message: string
  title?: string | null
  rawDetails?: string | null
}

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

export const checkMutations = {
  createCheckRun: async (
    { input }: Input<CheckInput & { repositoryId: string; headSha: string; name: string }>,
    { world, actor, wrote }: ResolverContext,
  ) => {
    wrote(taskOfRequest(input.externalId, input.name))
    needRepository(input.repositoryId)
    const check = await createCheck(world, actor, input.headSha, input.name, changeOf(input))
    return { checkRun: checkNode(world, check) }
  },
  updateCheckRun: (
    { input }: Input<CheckInput & { repositoryId: string; checkRunId: string }>,
    context: ResolverContext,
  ) => {
    const { world, actor, wrote } = context
    needRepository(input.repositoryId)
    const check = checkById(world, input.checkRunId)
    wrote(taskOfRequest(check.externalId, check.name))
    updateCheck(world, actor, check, changeOf(input))
    return { checkRun: checkNode(world, check) }
  },
}
