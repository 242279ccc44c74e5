import { Kind, parse, print, visit } from 'graphql'

/** What the hub serves, type by type. A payload's `clientMutationId` comes by itself. */
const SERVED = {
  Query: 'id node nodes repository viewer rateLimit',
  Mutation:
    'addComment addPullRequestReviewThreadReply closePullRequest convertPullRequestToDraft createCheckRun createPullRequest enablePullRequestAutoMerge markPullRequestReadyForReview mergePullRequest minimizeComment reopenPullRequest resolveReviewThread updateCheckRun updateIssueComment updatePullRequest updateRefs',
  Node: 'id',
  Actor: 'login url',
  RepositoryOwner: 'id login url',
  Minimizable: 'isMinimized minimizedReason',
  GitObject: 'id oid abbreviatedOid',
  IssueOrPullRequest: '',
  Repository:
    'id databaseId name nameWithOwner owner url isPrivate defaultBranchRef issue issueOrPullRequest pullRequest pullRequests object ref',
  User: 'id databaseId login url',
  Bot: 'id databaseId login url',
  Organization: 'id databaseId login url',
  Issue: 'id databaseId number title body state closed closedAt url author createdAt updatedAt comments',
  IssueComment: 'id databaseId body author url createdAt updatedAt isMinimized minimizedReason issue pullRequest',
  PullRequest:
    'id databaseId number title body state isDraft merged mergedAt mergedBy mergeCommit closed closedAt url author headRefName headRefOid headRef baseRefName baseRefOid baseRef createdAt updatedAt comments reviews reviewThreads autoMergeRequest',
  PullRequestReview: 'id isMinimized minimizedReason databaseId author body state submittedAt commit comments url',
  PullRequestReviewThread:
    'id isResolved resolvedBy path line originalLine startLine originalStartLine diffSide comments',
  PullRequestReviewComment:
    'id isMinimized minimizedReason databaseId author body path line originalLine originalCommit pullRequestReview createdAt url',
  AutoMergeRequest: 'enabledAt enabledBy mergeMethod',
  Ref: 'id name prefix target',
  Commit: 'id oid abbreviatedOid message messageHeadline committedDate url checkSuites',
  Tree: 'id oid abbreviatedOid',
  Blob: 'id oid abbreviatedOid byteSize text',
  CheckSuite: 'id databaseId status conclusion commit checkRuns',
  CheckRun:
    'id databaseId name status conclusion externalId detailsUrl startedAt completedAt title summary text url checkSuite',
  RateLimit: 'cost limit nodeCount remaining resetAt used',
  PageInfo: 'endCursor hasNextPage hasPreviousPage startCursor',
  IssueCommentConnection: 'edges nodes pageInfo totalCount',
  IssueCommentEdge: 'cursor node',
  PullRequestConnection: 'edges nodes pageInfo totalCount',
  PullRequestEdge: 'cursor node',
  PullRequestReviewConnection: 'edges nodes pageInfo totalCount',
  PullRequestReviewEdge: 'cursor node',
  PullRequestReviewThreadConnection: 'edges nodes pageInfo totalCount',
  PullRequestReviewThreadEdge: 'cursor node',
  PullRequestReviewCommentConnection: 'edges nodes pageInfo totalCount',
  PullRequestReviewCommentEdge: 'cursor node',
  CheckSuiteConnection: 'edges nodes pageInfo totalCount',
  CheckSuiteEdge: 'cursor node',
  CheckRunConnection: 'edges nodes pageInfo totalCount',
  CheckRunEdge: 'cursor node',
  AddCommentPayload: 'commentEdge subject',
  AddPullRequestReviewThreadReplyPayload: 'comment',
  EnablePullRequestAutoMergePayload: 'actor pullRequest',
  MergePullRequestPayload: 'actor pullRequest',
  ResolveReviewThreadPayload: 'thread',
  ClosePullRequestPayload: 'pullRequest',
  ConvertPullRequestToDraftPayload: 'pullRequest',
  CreateCheckRunPayload: 'checkRun',
  CreatePullRequestPayload: 'pullRequest',
  MarkPullRequestReadyForReviewPayload: 'pullRequest',
  MinimizeCommentPayload: 'minimizedComment',
  ReopenPullRequestPayload: 'pullRequest',
  UpdateCheckRunPayload: 'checkRun',
  UpdateIssueCommentPayload: 'issueComment',
  UpdatePullRequestPayload: 'pullRequest',
  UpdateRefsPayload: '',
}

const FIELDS = Object.fromEntries(
  Object.entries(SERVED).map(([type, fields]) => {
    const payload = type.endsWith('Payload') ? ['clientMutationId'] : []
    return [type, new Set([...fields.split(' ').filter((field) => field !== ''), ...payload])]
  }),
)

const COMPOSITES = new Set([Kind.OBJECT_TYPE_DEFINITION, Kind.INTERFACE_TYPE_DEFINITION, Kind.UNION_TYPE_DEFINITION])
const LEAVES = new Set([Kind.SCALAR_TYPE_DEFINITION, Kind.ENUM_TYPE_DEFINITION])

/** `served`: those fields alone. `fixture`: of the same types every field that leads nowhere else; root types as served. */
export function extractGraphql(sdl) {
  const document = withoutProse(parse(sdl))
  const types = new Map(document.definitions.filter((node) => node.name).map((node) => [node.name.value, node]))
  const isLeaf = (field) => LEAVES.has(types.get(namedType(field.type))?.kind) || BUILT_IN.has(namedType(field.type))
  const root = (type) => type === 'Query' || type === 'Mutation'
  const known = (field) => FIELDS[namedType(field.type)] !== undefined
  return {
    served: prune(types, (type, field) => FIELDS[type].has(field.name.value)),
    fixture: prune(types, (type, field) =>
      root(type) ? FIELDS[type].has(field.name.value) : isLeaf(field) || known(field),
    ),
  }
}

const BUILT_IN = new Set(['String', 'Int', 'Float', 'Boolean', 'ID'])

const withoutProse = (document) =>
  visit(document, {
    enter: (node) => ({ ...node, description: undefined, ...(node.directives ? { directives: [] } : {}) }),
  })

const namedType = (type) => (type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type))

function prune(types, keeps) {
  const kept = new Map()
  const queue = []
  for (const type of Object.keys(FIELDS)) kept.set(type, narrow(types.get(type), keeps, queue))
  while (queue.length > 0) {
    const name = queue.pop()
    if (kept.has(name) || BUILT_IN.has(name)) continue
    const node = types.get(name)
    if (COMPOSITES.has(node.kind)) throw new Error(`${name} is used, and not in the list of what is served`)
    kept.set(name, node)
    for (const field of node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION ? node.fields : [])
      queue.push(namedType(field.type))
  }
  const definitions = [...kept.keys()].sort().map((name) => kept.get(name))
  return `${print({ kind: Kind.DOCUMENT, definitions })}\n`
}

function narrow(node, keeps, queue) {
  if (node.kind === Kind.UNION_TYPE_DEFINITION) {
    return { ...node, types: node.types.filter((type) => FIELDS[type.name.value] !== undefined) }
  }
  const fields = node.fields.filter((field) => keeps(node.name.value, field))
  for (const field of fields) {
    queue.push(namedType(field.type), ...field.arguments.map((argument) => namedType(argument.type)))
  }
  return { ...node, fields, interfaces: node.interfaces.filter((one) => FIELDS[one.name.value] !== undefined) }
}
