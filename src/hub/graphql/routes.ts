import {
  buildSchema,
  defaultFieldResolver,
  execute,
  GraphQLError,
  type GraphQLFieldResolver,
  parse,
  validate,
  validateSchema,
} from 'graphql'
import { Hono } from 'hono'
import { z } from 'zod'
import { loginOf } from '../access/actor.ts'
import { Refusal } from '../refusal.ts'
import { needLive } from '../rest/middleware.ts'
import { bodyOf, type HubEnv, type RestCall } from '../rest/request.ts'
import type { World } from '../world.ts'
import { checkMutations } from './check-mutations.ts'
import { commentMutations } from './comment-mutations.ts'
import type { ResolverContext } from './context.ts'
import { nodeWith } from './find.ts'
import { actorNode } from './nodes.ts'
import { pullMutations } from './pull-mutations.ts'
import { refMutations } from './ref-mutations.ts'
import { repositoryNode } from './repository.ts'
import { reviewMutations } from './review-mutations.ts'
import { SDL } from './sdl.ts'

const asked = z.looseObject({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
})

const schema = buildSchema(SDL)
const [flaw] = validateSchema(schema)
if (flaw !== undefined) throw flaw

export const graphqlRoutes = (world: World) =>
  new Hono<HubEnv>().post('/', async (call) => {
    if (call.var.actor.kind === 'anonymous') throw new Refusal(401, 'This endpoint requires you to be authenticated.')
    const { query, variables, operationName } = await bodyOf(call, asked)
    const document = understood(query)
    if (document instanceof GraphQLError) return call.json({ errors: [shown(document)] })
    const problems = validate(schema, document)
    if (problems.length > 0) return call.json({ errors: problems.map(shown) })
    const writes: Write[] = []
    const contextValue: RequestContext = { world, actor: call.var.actor, wrote: () => {}, writes }
    const rootValue = {
      ...queries(world),
      ...checkMutations,
      ...pullMutations,
      ...commentMutations,
      ...reviewMutations,
      ...refMutations,
    }
    const request = { schema, document, rootValue, contextValue, fieldResolver }
    const result = await execute({ ...request, variableValues: variables, operationName })
    count(world, call, writes)
    for (const error of result.errors ?? []) logBug(world, error)
    return call.json({
      ...(result.data === undefined ? {} : { data: result.data }),
      ...(result.errors === undefined ? {} : { errors: result.errors.map(shown) }),
    })
  })

/** A mutation that was executed, and the task that it concerns. */
interface Write {
  field: string
  task: string | null
}

interface RequestContext extends ResolverContext {
  writes: Write[]
}

/** A mutation returns its `clientMutationId` unchanged. */
const fieldResolver: GraphQLFieldResolver<unknown, RequestContext> = (source, args, context, info) => {
  if (info.parentType.name !== 'Mutation') return defaultFieldResolver(source, args, context, info)
  needLive(context.world)
  const wrote = (task: string | null) => void context.writes.push({ field: info.fieldName, task })
  const answer = defaultFieldResolver(source, args, { ...context, wrote }, info)
  return Promise.resolve(answer).then((own) =>
    Object.assign({ clientMutationId: args.input.clientMutationId ?? null }, own),
  )
}

function understood(query: string) {
  try {
    return parse(query)
  } catch (error) {
    return error instanceof GraphQLError ? error : new GraphQLError(String(error))
  }
}

const queries = (world: World) => ({
  id: 'Q_kwHub1',
  viewer: (_: object, { actor }: ResolverContext) => ({ ...actorNode(world, loginOf(actor)), __typename: 'User' }),
  node: ({ id }: { id: string }) => nodeWith(world, id),
  nodes: ({ ids }: { ids: string[] }) => ids.map((id) => nodeWith(world, id)),
  repository: ({ owner, name }: { owner: string; name: string }) => {
    const { doc } = world.store
    // GitHub's `followRenames` is on by default.
    const names = [`${doc.owner}/${doc.repo}`, ...(doc.formerNames ?? [])].map((known) => known.toLowerCase())
    if (names.includes(`${owner}/${name}`.toLowerCase())) return repositoryNode(world)
    throw new Refusal(404, `Could not resolve to a Repository with the name '${owner}/${name}'.`)
  },
  rateLimit: () => ({ cost: 1, limit: 5_000, nodeCount: 1, remaining: 5_000, used: 0, resetAt: world.now() }),
})

/** Each mutation counts as one write; a request that concerns one task counts for that task. */
function count(world: World, call: RestCall, writes: readonly Write[]): void {
  const { actor } = call.var
  for (const { field, task } of writes) world.metrics.add({ content_writes: 1 }, { actor, task, write: field })
  const tasks = new Set(writes.map(({ task }) => task))
  const [only] = tasks
  if (tasks.size === 1 && only !== undefined) call.set('task', only)
}

const TYPES: Readonly<Record<number, string>> = {
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'UNPROCESSABLE',
  422: 'UNPROCESSABLE',
}

/** GitHub puts the type beside the message, not under `extensions`. */
function shown(error: GraphQLError) {
  const { locations, path } = error
  const cause = error.originalError
  if (cause instanceof Refusal)
    return { type: TYPES[cause.status] ?? 'UNPROCESSABLE', path, locations, message: reasonOf(cause) }
  if (cause === undefined || cause instanceof GraphQLError) return { path, locations, message: error.message }
  return { type: 'INTERNAL', path, locations, message: 'Something went wrong while executing your query.' }
}

function reasonOf(refusal: Refusal): string {
  const own = (refusal.errors ?? []).flatMap((error) =>
    typeof error === 'string'
      ? [error]
      : [error.message ?? `${error.field ?? error.resource} is ${error.code.replace('_', ' ')}`],
  )
  return own.length > 0 ? own.join(', ') : refusal.message
}

function logBug(world: World, error: GraphQLError): void {
  const cause = error.originalError
  if (cause === undefined || cause instanceof Refusal || cause instanceof GraphQLError) return
  world.log(`graphql ${error.path?.join('.')}: ${cause.stack}`)
}
