import { commitAt, type HubCommit } from '../git/commits.ts'
import { nodeId } from '../representations/node-id.ts'
import { userShape } from '../representations/user.ts'
import type { CheckRecord, SuiteRecord } from '../store/document.ts'
import type { World } from '../world.ts'
import { connection, type Window } from './connection.ts'

/** Records as GraphQL nodes: a field is a value, or a function of its arguments. */
const TYPENAMES: Readonly<Record<string, string>> = { Bot: 'Bot', User: 'User', Organization: 'Organization' }

export function actorNode(world: World, login: string) {
  const { id, node_id, type, html_url } = userShape(world, login)
  return { __typename: TYPENAMES[type] ?? 'User', id: node_id, databaseId: id, login, url: html_url }
}

export async function refNode(world: World, name: string) {
  const sha = await world.git.resolve(name)
  if (sha === null) return null
  const [, prefix = 'refs/', short = name] = /^(refs\/[^/]+\/)(.*)$/.exec(name) ?? []
  return { id: nodeId('REF', name), name: short, prefix, target: () => objectNode(world, sha) }
}

export async function objectNode(world: World, expression: string) {
  const oid = await world.git.resolve(expression)
  const object = oid === null ? null : await world.git.object(oid)
  if (object === null) return null
  const base = { id: nodeId('CO', object.sha), oid: object.sha, abbreviatedOid: object.sha.slice(0, 7) }
  if (object.type === 'commit') return commitNode(world, object.sha)
  if (object.type === 'tree') return { __typename: 'Tree', ...base }
  if (object.type !== 'blob') return null
  const bytes = (await world.git.blob(object.sha)) ?? Buffer.alloc(0)
  return {
    __typename: 'Blob',
    ...base,
    byteSize: bytes.length,
    text: bytes.includes(0) ? null : bytes.toString('utf8'),
  }
}

export function commitNode(world: World, sha: string) {
  const commit = (): Promise<HubCommit | null> => commitAt(world.git, sha)
  const message = async () => (await commit())?.message ?? ''
  return {
    __typename: 'Commit',
    id: nodeId('C', sha),
    oid: sha,
    abbreviatedOid: sha.slice(0, 7),
    message,
    messageHeadline: async () => (await message()).split('\n')[0],
    committedDate: async () => (await commit())?.committer.date,
    url: `${world.urls.html}/commit/${sha}`,
    checkSuites: (window: Window) =>
      connection(
        world.store.doc.suites.filter((suite) => suite.headSha === sha).map((suite) => suiteNode(world, suite)),
        window,
      ),
  }
}

export function suiteNode(world: World, suite: SuiteRecord) {
  const checks = world.store.doc.checks.filter((check) => check.suite === suite.id)
  const done = checks.every((check) => check.status === 'completed')
  return {
    __typename: 'CheckSuite',
    id: nodeId('CS', suite.id),
    databaseId: suite.id,
    status: done ? 'COMPLETED' : 'IN_PROGRESS',
    conclusion: done ? (checks.every((check) => check.conclusion === 'success') ? 'SUCCESS' : 'FAILURE') : null,
    commit: () => commitNode(world, suite.headSha),
    checkRuns: ({ filterBy, ...window }: Window & { filterBy?: { checkName?: string | null } | null }) => {
      const name = filterBy?.checkName
      const found = checks.filter((check) => name === undefined || name === null || check.name === name)
      return connection(
        found.map((check) => checkNode(world, check)),
        window,
      )
    },
  }
}

export const checkNode = (world: World, check: CheckRecord) => ({
  __typename: 'CheckRun',
  id: nodeId('CR', check.id),
  databaseId: check.id,
  name: check.name,
  status: check.status.toUpperCase(),
  conclusion: check.conclusion?.toUpperCase() ?? null,
  externalId: check.externalId,
  detailsUrl: check.detailsUrl,
  startedAt: check.startedAt,
  completedAt: check.completedAt,
  title: check.output.title,
  summary: check.output.summary,
  text: check.output.text,
  url: `${world.urls.html}/runs/${check.id}`,
  checkSuite: () => {
    const suite = world.store.doc.suites.find((known) => known.id === check.suite)
    return suite === undefined ? null : suiteNode(world, suite)
  },
})
