import type { Anthropic } from '@anthropic-ai/sdk'
import { type Redact, redactor } from '../../core/text/redact.ts'
import { type Credentials, type Federation, githubIdentity } from './credentials.ts'

export type Sdk = typeof import('@anthropic-ai/sdk')
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

export interface AccessOptions {
  credentials: Credentials
  /** Null: the API's own address. */
  baseUrl: string | null
  /** Told of every token that is given out on the way, so that it can be masked. */
  onSecret?: (secret: string) => void
}

/** A way to the API that keeps its secrets to itself. */
export interface SdkAccess {
  /** A client whose requests go through this `fetch`. The first one loads the SDK. */
  client(fetch: Fetch): Promise<{ sdk: Sdk; client: Anthropic }>
  /** Forgets a token that was refused, so that the next client asks for a new one; false: there is none to renew. */
  renew(): boolean
  redact: Redact
}

const API = 'https://api.anthropic.com'

export function openAccess({ credentials, baseUrl, onSecret }: AccessOptions): SdkAccess {
  const secrets = secretsOf(credentials)
  let redact = redactor(secrets)
  const learn = (secret: string): void => {
    secrets.push(secret)
    redact = redactor(secrets)
    onSecret?.(secret)
  }
  const bearer = credentials.kind === 'key' ? keyOf(credentials.key) : tokenOf(credentials, baseUrl ?? API, learn)
  let base: Promise<{ sdk: Sdk; client: Anthropic }> | null = null
  return {
    async client(fetch) {
      base ??= baseClient(baseUrl ?? API, bearer)
      const { sdk, client } = await base
      return { sdk, client: client.withOptions({ fetch: sendingOnly(fetch, bearer) }) }
    },
    renew() {
      if (credentials.kind === 'key') return false
      base = null
      return true
    },
    redact: (text) => redact(text),
  }
}

const secretsOf = (credentials: Credentials): string[] =>
  credentials.kind === 'key'
    ? [credentials.key]
    : credentials.identity === null
      ? []
      : [credentials.identity.requestToken]

interface Bearer {
  options: Pick<NonNullable<ConstructorParameters<typeof Anthropic>[0]>, 'apiKey' | 'credentials'>
  /** The key, or the token that was given out last. */
  current(): string
}

const keyOf = (key: string): Bearer => ({ options: { apiKey: key }, current: () => key })

function tokenOf(federation: Federation, baseURL: string, learn: (secret: string) => void): Bearer {
  let current = ''
  const credentials = async () => {
    const { oidcFederationProvider } = await import('@anthropic-ai/sdk/lib/credentials/oidc-federation')
    const exchange = oidcFederationProvider({
      identityTokenProvider: async () => {
        const identity = await githubIdentity(federation)
        learn(identity)
        return identity
      },
      federationRuleId: federation.ruleId,
      organizationId: federation.organizationId,
      serviceAccountId: federation.serviceAccountId ?? undefined,
      workspaceId: federation.workspaceId ?? undefined,
      baseURL,
      fetch,
    })
    const given = await exchange()
    learn(given.token)
    current = given.token
    return given
  }
  return { options: { credentials }, current: () => current }
}

/** Everything that the SDK would read from the environment by itself is said here. */
async function baseClient(baseURL: string, { options }: Bearer): Promise<{ sdk: Sdk; client: Anthropic }> {
  const sdk = await import('@anthropic-ai/sdk')
  const client = new sdk.Anthropic({
    ...options,
    baseURL,
    webhookKey: null,
    maxRetries: 0,
    openTelemetry: false,
    logLevel: 'off',
    logger: silence,
  })
  return { sdk, client }
}

const silence = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

const SENT = /^(accept|content-type|user-agent|anthropic-version|anthropic-beta|x-stainless-.+)$/

/** ANTHROPIC_CUSTOM_HEADERS is the one variable that no option keeps from the SDK: what it adds stops here. */
const sendingOnly =
  (fetch: Fetch, bearer: Bearer): Fetch =>
  (input, init) => {
    const headers = new Headers([...new Headers(init?.headers)].filter(([name]) => SENT.test(name)))
    headers.set('authorization', `Bearer ${bearer.current()}`)
    return fetch(input, { ...init, headers })
  }
