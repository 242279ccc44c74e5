import { describe, expect, it } from 'vitest'
import { type TestHub, testHub } from '../support/hub.ts'
import { git } from '../support/repository.ts'

interface Answer {
  data?: Record<string, Record<string, Record<string, unknown>> | null> | null
  errors?: { type?: string; path?: string[]; message: string }[]
}

async function ask(hub: TestHub, token: string, query: string, variables: object = {}): Promise<Answer> {
  const headers = { authorization: `bearer ${token}`, 'content-type': 'application/json' }
  const answer = await fetch(hub.graphql, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
  return (await answer.json()) as Answer
}

const repositoryId = async (hub: TestHub) =>
  (await hub.as('admin').repos.get({ owner: 'octo', repo: 'demo' })).data.node_id

describe('mutations', () => {
  it('run in order, each with its own answer or error', async () => {
    const hub = await testHub()
    const head = git(hub.checkout, 'rev-parse', 'HEAD')
    const { token } = hub.job({ checks: 'write' })
    const query = `mutation($good: CreateCheckRunInput!, $bad: CreateCheckRunInput!) {
      first: createCheckRun(input: $good) { checkRun { id databaseId status externalId url } clientMutationId }
      second: createCheckRun(input: $bad) { checkRun { id } }
      third: addComment(input: {subjectId: "I_kwHub99", body: "Hi"}) { subject { id } }
    }`
    const base = { repositoryId: await repositoryId(hub), name: '42/t1', externalId: '42/t1/1', status: 'IN_PROGRESS' }
    const good = { ...base, headSha: head, clientMutationId: 'a' }
    const answer = await ask(hub, token, query, { good, bad: { ...base, headSha: 'f'.repeat(40) } })
    expect(answer.data).toMatchObject({
      first: { checkRun: { status: 'IN_PROGRESS', externalId: '42/t1/1' }, clientMutationId: 'a' },
      second: null,
      third: null,
    })
    expect(answer.errors).toMatchObject([
      { type: 'UNPROCESSABLE', path: ['second'], message: `No commit found for SHA: ${'f'.repeat(40)}` },
      { type: 'NOT_FOUND', path: ['third'] },
    ])
    const { data } = await hub.as('reader').checks.listForRef({ owner: 'octo', repo: 'demo', ref: 'main' })
    expect(data.check_runs).toMatchObject([
      { name: '42/t1', status: 'in_progress', node_id: answer.data?.first?.checkRun?.id },
    ])
  })

  it('are held to the schema of GitHub', async () => {
    const hub = await testHub()
    const answer = await ask(
      hub,
      hub.tokens.writer,
      'mutation { addComment(input: {subjectId: "x", text: "y"}) { subject { id } } }',
    )
    expect(answer.data).toBeUndefined()
    expect(answer.errors?.map(({ message }) => message)).toEqual([
      'Field "AddCommentInput.body" of required type "String!" was not provided.',
      'Field "text" is not defined by type "AddCommentInput".',
    ])
  })
})
