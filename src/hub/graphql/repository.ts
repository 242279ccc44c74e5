import { Refusal } from '../refusal.ts'
import { nodeId } from '../representations/node-id.ts'
import { isPull } from '../representations/pull.ts'
import { REPOSITORY_ID } from '../representations/repository.ts'
import type { World } from '../world.ts'
import { connection, type Window } from './connection.ts'
import { actorNode, objectNode, refNode } from './nodes.ts'
import { issueNode, pullNode, threadNode } from './thread-nodes.ts'

interface PullFilter extends Window {
  states?: readonly string[] | null
  headRefName?: string | null
  baseRefName?: string | null
  orderBy?: { direction: 'ASC' | 'DESC' } | null
}

export function repositoryNode(world: World) {
  const { doc } = world.store
  const numbered = (kind: string, number: number, pull: boolean | null) => {
    const found = doc.issues.find(
      (issue) => issue.number === number && issue.transferred !== true && (pull === null || isPull(issue) === pull),
    )
    if (found === undefined) throw new Refusal(404, `Could not resolve to ${kind} with the number of ${number}.`)
    return found
  }
  return {
    __typename: 'Repository',
    id: nodeId('R', REPOSITORY_ID),
    databaseId: REPOSITORY_ID,
    name: doc.repo,
    nameWithOwner: `${doc.owner}/${doc.repo}`,
    owner: () => actorNode(world, doc.owner),
    url: world.urls.html,
    isPrivate: doc.settings.private,
    defaultBranchRef: () => refNode(world, `refs/heads/${doc.defaultBranch}`),
    issue: ({ number }: { number: number }) => issueNode(world, numbered('an Issue', number, false)),
    issueOrPullRequest: ({ number }: { number: number }) =>
      threadNode(world, numbered('an issue or pull request', number, null)),
    pullRequest: ({ number }: { number: number }) => {
      const found = numbered('a PullRequest', number, true)
      return isPull(found) ? pullNode(world, found) : null
    },
    pullRequests: (filter: PullFilter) => pulls(world, filter),
    object: ({ expression, oid }: { expression?: string | null; oid?: string | null }) =>
      objectNode(world, expression ?? oid ?? ''),
    ref: ({ qualifiedName }: { qualifiedName: string }) => refNamed(world, qualifiedName),
  }
}

async function refNamed(world: World, name: string) {
  for (const full of [name, `refs/heads/${name}`, `refs/tags/${name}`]) {
    const found = full.startsWith('refs/') ? await refNode(world, full) : null
    if (found !== null) return found
  }
  return null
}

function pulls(world: World, filter: PullFilter) {
  const found = world.store.doc.issues
    .filter(isPull)
    .map((issue) => pullNode(world, issue))
    .filter((pull) => !filter.states || filter.states.includes(pull.state))
    .filter((pull) => !filter.headRefName || pull.headRefName === filter.headRefName)
    .filter((pull) => !filter.baseRefName || pull.baseRefName === filter.baseRefName)
  if (filter.orderBy?.direction === 'DESC') found.reverse()
  return connection(found, filter)
}
