import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Anthropic from '@anthropic-ai/sdk'
import { expect, it } from 'vitest'
import { text } from '../../src/model-double/answer.ts'
import type { ModelServer } from '../../src/model-double/server.ts'
import { manualClock } from '../support/clock.ts'
import { modelServer } from '../support/model.ts'
import { base, failureOf, say } from './model-client.ts'

const RULE = { ruleId: 'fdrl_1', organizationId: 'org_1', subject: 'repo:octo/demo:ref:refs/heads/main' }

/** What a job asks GitHub for. */
async function identityOf({ identity }: ModelServer, audience = 'https://api.anthropic.com'): Promise<string> {
  const response = await fetch(`${identity.requestUrl}&audience=${encodeURIComponent(audience)}`, {
    headers: { authorization: `Bearer ${identity.requestToken}` },
  })
  const { value } = (await response.json()) as { value: string }
  return value
}

async function clientWith(server: ModelServer, token: string, ruleId = RULE.ruleId): Promise<Anthropic> {
  const path = join(tmpdir(), `identity-${randomUUID()}`)
  await writeFile(path, token)
  return new Anthropic({
    baseURL: server.url,
    maxRetries: 0,
    config: {
      organization_id: RULE.organizationId,
      authentication: {
        type: 'oidc_federation',
        federation_rule_id: ruleId,
        identity_token: { source: 'file', path },
      },
    },
  })
}

const hello = () => text('Hello.')

it("lets in a job by its identity, exchanged once for all of a client's requests", async () => {
  const server = await modelServer(hello, { federation: RULE })
  const client = await clientWith(server, await identityOf(server))
  for (const words of ['One', 'Two']) {
    expect((await client.messages.create(base(say(words)))).content).toMatchObject([{ text: 'Hello.' }])
  }
  expect(server.exchanges).toMatchObject([{ granted: true }])
})

it('exchanges nothing for another rule, another audience, a forged identity, or without a rule at all', async () => {
  const server = await modelServer(hello, { federation: RULE })
  const ask = async (client: Anthropic) => failureOf(client.messages.create(base(say('Hello'))))
  const identity = await identityOf(server)
  const [head, , signature] = identity.split('.')
  const forged = [
    head,
    Buffer.from('{"sub":"repo:octo/demo:ref:refs/heads/main"}').toString('base64url'),
    signature,
  ].join('.')
  const clients = [
    await clientWith(server, identity, 'fdrl_2'),
    await clientWith(server, await identityOf(server, 'https://github.com/octo')),
    await clientWith(server, forged),
    await clientWith(server, 'not a token'),
  ]
  for (const client of clients) expect(await ask(client)).toMatchObject({ statusCode: 401 })
  expect(server.exchanges.map(({ granted }) => granted)).toEqual([false, false, false, false])
  const none = await modelServer(hello)
  expect(await ask(await clientWith(none, await identityOf(none)))).toMatchObject({ statusCode: 401 })
})

it('takes neither a token after its time nor an identity after five minutes', async () => {
  const clock = manualClock(new Date().toISOString())
  const server = await modelServer(hello, { federation: { ...RULE, seconds: 600 }, clock })
  const identity = await identityOf(server)
  const client = await clientWith(server, identity)
  await client.messages.create(base(say('Hello')))
  clock.advance(601)
  expect(await failureOf(client.messages.create(base(say('Hello'))))).toMatchObject({ status: 401 })
  // The SDK exchanges its identity again when a token was refused; that is too old by now.
  expect(await failureOf(client.messages.create(base(say('Hello'))))).toMatchObject({ statusCode: 401 })
  expect(server.exchanges.map(({ granted }) => granted)).toEqual([true, false])
})

it('gives an identity only to the job that it belongs to', async () => {
  const server = await modelServer(hello, { federation: RULE })
  const response = await fetch(server.identity.requestUrl, { headers: { authorization: 'Bearer other' } })
  expect(response.status).toBe(401)
})
