import { describe, expect, it } from 'vitest'
import { CREDENTIAL_NAMES, type Federation, readCredentials } from '../../../src/adapters/anthropic/credentials.ts'
import { text } from '../../../src/model-double/answer.ts'
import type { ModelServer } from '../../../src/model-double/server.ts'
import { modelServer } from '../../support/model.ts'
import { answered, asks, modelAt, refused } from './asking.ts'
import { rawApi, says } from './raw-api.ts'

const RULE = { ruleId: 'fdrl_1', organizationId: 'org-1' }
const federation = ({ identity }: Pick<ModelServer, 'identity'>): Federation => ({
  kind: 'federation',
  ...RULE,
  serviceAccountId: 'svac_1',
  workspaceId: null,
  audience: 'https://api.anthropic.com',
  identity,
})

const server = (rule: object = {}) => modelServer(() => text('Yes.'), { federation: { ...RULE, ...rule } })

describe('a job without a key', () => {
  it('exchanges its identity for a token once, and tells of all that must be masked', async () => {
    const api = await server()
    const secrets: string[] = []
    const { model } = modelAt(api, { credentials: federation(api), onSecret: (secret) => secrets.push(secret) })
    answered(await model.ask(asks()))
    answered(await model.ask(asks()))
    expect(api.exchanges.map(({ granted }) => granted)).toEqual([true])
    expect(secrets).toEqual([expect.stringMatching(/^ey|\./), expect.stringMatching(/^sk-ant-oat01-/)])
  })

  it('asks for another token when the one it has is refused, without a pause', async () => {
    let now = new Date('2026-01-02T03:04:05Z')
    const clock = { now: () => now, wait: async () => {} }
    const api = await modelServer(() => text('Yes.'), { federation: RULE, clock })
    const { model, pauses } = modelAt(api, { credentials: federation(api) })
    answered(await model.ask(asks()))
    // The server's hour strikes before the client's does.
    now = new Date('2026-01-02T04:04:05Z')
    answered(await model.ask(asks()))
    expect(api.exchanges.length).toBe(2)
    expect(api.requests.map(({ status }) => status)).toEqual([200, 401, 200])
    expect(pauses).toEqual([0])
  })

  it('gives up when the second token is refused as well', async () => {
    const clock = { now: () => new Date('2026-01-02T03:04:05Z'), wait: async () => {} }
    const api = await modelServer(() => text('Yes.'), {
      federation: { ...RULE, seconds: -10 },
      clock,
      expectsGaps: true,
    })
    const { failure } = refused(await modelAt(api, { credentials: federation(api) }).model.ask(asks()))
    expect(failure.reason).toBe('not-authorised')
    expect(api.requests.map(({ status }) => status)).toEqual([401, 401])
  })

  it('is not authorised where no rule is for it', async () => {
    const api = await server({ audience: 'https://somebody-else.example' })
    const { model, pauses, lines } = modelAt(api, { credentials: federation(api) })
    const answer = refused(await model.ask(asks()))
    expect(answer).toMatchObject({ failure: { reason: 'not-authorised' }, unsure: false })
    expect(answer.failure.detail).toContain('matches no rule')
    expect(JSON.stringify([answer, lines])).not.toContain(api.identity.requestToken)
    expect([pauses, api.requests]).toEqual([[], []])
  })

  it('is told which permission it lacks', async () => {
    const api = await server()
    const { failure } = refused(
      await modelAt(api, { credentials: { ...federation(api), identity: null } }).model.ask(asks()),
    )
    expect(failure).toEqual({ reason: 'not-authorised', detail: expect.stringContaining('id-token: write') })
  })

  it.each([
    ['unreachable', 6, says(503, 'api_error', 'Not now')],
    ['not-authorised', 1, says(403, 'permission_error', 'No')],
    ['unreachable', 6, { status: 200, body: '{"count":1}' }],
  ] as const)('is %s after %d tries when GitHub answers so', async (reason, tries, raw) => {
    const api = await server()
    const github = await rawApi(raw)
    const identity = { requestUrl: github.url, requestToken: 'gh-request-token' }
    const { model } = modelAt(api, { credentials: { ...federation(api), identity } })
    expect(refused(await model.ask(asks()))).toMatchObject({ failure: { reason }, unsure: false })
    expect(github.seen.length).toBe(tries)
  })
})

describe('the credentials of an environment', () => {
  const federated = { ANTHROPIC_FEDERATION_RULE_ID: 'fdrl_1', ANTHROPIC_ORGANIZATION_ID: 'org-1' }

  it('are a key before all else', () => {
    expect(readCredentials({ ...federated, ANTHROPIC_API_KEY: ' sk-ant-1\n' })).toEqual({
      kind: 'key',
      key: 'sk-ant-1',
    })
  })

  it('are the identity of the job where a rule is named', () => {
    const env = {
      ...federated,
      ACTIONS_ID_TOKEN_REQUEST_URL: 'https://gh/?a=b',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'token',
    }
    expect(readCredentials({ ...env, ANTHROPIC_API_KEY: '', ANTHROPIC_WORKSPACE_ID: 'wrkspc_1' })).toEqual({
      kind: 'federation',
      ruleId: 'fdrl_1',
      organizationId: 'org-1',
      serviceAccountId: null,
      workspaceId: 'wrkspc_1',
      audience: 'https://api.anthropic.com',
      identity: { requestUrl: 'https://gh/?a=b', requestToken: 'token' },
    })
    expect(readCredentials(federated)).toMatchObject({ kind: 'federation', identity: null })
  })

  it('are nothing where there is neither, and are read by the names that are listed alone', () => {
    expect(readCredentials({})).toBeNull()
    expect(readCredentials({ ANTHROPIC_API_KEY: '', ANTHROPIC_FEDERATION_RULE_ID: 'fdrl_1' })).toBeNull()
    const read = new Set<string>()
    const env = new Proxy<Record<string, string>>(federated, {
      get: (target, name) => {
        read.add(String(name))
        return target[String(name)]
      },
    })
    readCredentials(env)
    expect([...read].toSorted()).toEqual([...CREDENTIAL_NAMES].toSorted())
  })
})
