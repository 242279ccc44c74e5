import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildSchema, isInterfaceType, isObjectType, parse, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { SDL } from '../../../src/hub/graphql/sdl.ts'
import { testHub, where } from '../support/hub.ts'
import { git } from '../support/repository.ts'
import { ask } from './ask.ts'

const FIXTURE = fileURLToPath(new URL('../../fixtures/github/schema.extract.graphql', import.meta.url))

describe('queries', () => {
  it('tell who asks, and find the repository, its threads and objects', async () => {
    const hub = await testHub()
    await hub.as('writer').issues.create({ ...where, title: 'One' })
    for (const body of ['a', 'b', 'c']) await hub.as('writer').issues.createComment({ ...where, issue_number: 1, body })
    const query = `query($after: String) { viewer { login } rateLimit { limit } repository(owner: "octo", name: "demo") {
      id nameWithOwner owner { login __typename } defaultBranchRef { name prefix target { oid __typename } }
      issueOrPullRequest(number: 1) { ... on Issue { number comments(first: 2, after: $after) { totalCount nodes { body } pageInfo { hasNextPage endCursor } } } }
      file: object(expression: "main:README.md") { ... on Blob { text byteSize } }
      gone: object(expression: "main:nothing") { oid }
      ref(qualifiedName: "main") { name }
    } }`
    const sha = git(hub.checkout, 'rev-parse', 'HEAD')
    const { token } = hub.job({})
    const first = await ask(hub, token, query)
    expect(first.errors).toBeUndefined()
    expect(first.data).toMatchObject({
      viewer: { login: 'github-actions[bot]' },
      repository: {
        owner: { login: 'octo', __typename: 'Organization' },
        defaultBranchRef: { name: 'main', prefix: 'refs/heads/', target: { oid: sha, __typename: 'Commit' } },
        issueOrPullRequest: {
          comments: { totalCount: 3, nodes: [{ body: 'a' }, { body: 'b' }], pageInfo: { hasNextPage: true } },
        },
        file: { text: '# Demo\n', byteSize: 7 },
        gone: null,
        ref: { name: 'main' },
      },
    })
    const after = Buffer.from('cursor:2').toString('base64')
    expect((await ask(hub, token, query, { after })).data).toMatchObject({
      repository: { issueOrPullRequest: { comments: { nodes: [{ body: 'c' }], pageInfo: { hasNextPage: false } } } },
    })
  })

  it('find nodes by the ids that REST gives, and checks by commit', async () => {
    const hub = await testHub()
    const head_sha = git(hub.checkout, 'rev-parse', 'HEAD')
    const { octokit, token } = hub.job({ checks: 'write', issues: 'write' })
    const check = (await octokit.checks.create({ ...where, name: 'a', head_sha })).data
    const issue = (await hub.as('writer').issues.create({ ...where, title: 'One' })).data
    const query = `query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on CheckRun { name } ... on Issue { title } }
      repository(owner: "octo", name: "demo") { object(expression: "main") { ... on Commit { messageHeadline
        checkSuites(first: 5) { nodes { checkRuns(first: 5, filterBy: {checkName: "a"}) { totalCount nodes { id } } } } } } } }`
    const answer = await ask(hub, token, query, { ids: [check.node_id, issue.node_id, 'X_kwHub1'] })
    expect(answer.data).toMatchObject({
      nodes: [{ __typename: 'CheckRun', name: 'a' }, { __typename: 'Issue', title: 'One' }, null],
      repository: {
        object: {
          messageHeadline: 'First',
          checkSuites: { nodes: [{ checkRuns: { nodes: [{ id: check.node_id }] } }] },
        },
      },
    })
    expect(answer.errors).toMatchObject([{ type: 'NOT_FOUND', path: ['nodes', 2] }])
  })

  it('are refused as GitHub does when they are no JSON, also where limits hold', async () => {
    const hub = await testHub()
    const { token } = hub.job({})
    const send = (body: string) =>
      fetch(hub.graphql, { method: 'POST', headers: { authorization: `bearer ${token}` }, body })
    for (const limits of [null, {}]) {
      if (limits !== null) await hub.hub('limits', 'POST', limits)
      const answer = await send('{"query": ')
      expect(answer.status).toBe(400)
      expect(await answer.json()).toMatchObject({ message: 'Problems parsing JSON' })
      expect((await send('{"query": 1}')).status).toBe(422)
    }
  })

  it('say what is not there', async () => {
    const hub = await testHub()
    const missing = await ask(hub, hub.tokens.reader, '{ repository(owner: "octo", name: "other") { id } }')
    expect(missing).toMatchObject({ data: { repository: null }, errors: [{ type: 'NOT_FOUND', path: ['repository'] }] })
    const thread =
      '{ repository(owner: "octo", name: "demo") { issueOrPullRequest(number: 9) { __typename } pullRequests(states: OPEN) { totalCount } } }'
    expect((await ask(hub, hub.tokens.reader, thread)).errors?.map(({ message }) => message)).toEqual([
      'Could not resolve to an issue or pull request with the number of 9.',
      'You must provide a `first` or `last` value to properly paginate the connection.',
    ])
  })
})

describe('the schema that is served', () => {
  it('has nothing that GitHub’s has not', () => {
    const official = buildSchema(readFileSync(FIXTURE, 'utf8'))
    let fields = 0
    for (const type of Object.values(buildSchema(SDL).getTypeMap())) {
      if (type.name.startsWith('__') || !(isObjectType(type) || isInterfaceType(type))) continue
      const theirs = official.getType(type.name)
      const known = isObjectType(theirs) || isInterfaceType(theirs) ? theirs.getFields() : {}
      for (const [name, field] of Object.entries(type.getFields())) {
        fields += 1
        expect(`${type.name}.${name}: ${known[name]?.type}`).toBe(`${type.name}.${name}: ${field.type}`)
        expect(field.args.map((one) => `${one}`)).toEqual(known[name]?.args.map((one) => `${one}`))
      }
    }
    expect(fields).toBeGreaterThan(150)
    expect(validate(official, parse('{ viewer { login } }'))).toEqual([])
  })
})
