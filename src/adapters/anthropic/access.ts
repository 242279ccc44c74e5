import type { Anthropic } from '@anthropic-ai/sdk'
import { type Redact, redactor, SHORTEST_SECRET } from '../../core/text/redact.ts'
import { type Credentials, type Federation, githubIdentity } from './credentials.ts'

export type Sdk = typeof import('@anthropic-ai/sdk')
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>

export interface AccessOptions {
  credentials: Credentials
  /** If null, the API's public address. */
  baseUrl: string | null
  /** Sent with every request, for a gateway. */
  headers?: Readonly<Record<string, string>>
  /** Called with every token that is obtained, so that it can be masked. */
  onSecret?: (secret: string) => void
}

/** Authenticated access to the API, which redacts its own secrets. */
export interface SdkAccess {
  /** A client whose requests go through this `fetch`. The first call loads the SDK. */
  client(fetch: Fetch): Promise<{ sdk: Sdk; client: Anthropic }>
  /** Drops a refused token, so that the next client obtains a new one. Returns false for a key, which cannot be renewed. */
  renew(): boolean
  redact: Redact
}

const API = 'https://api.anthropic.com'

export function openAccess({ credentials, baseUrl, headers = {}, onSecret }: AccessOptions): SdkAccess {
  const secrets = [
    ...secretsOf(credentials),
    ...Object.values(headers).filter((value) => value.length >= SHORTEST_SECRET),
  ]
  let redact = redactor(secrets)
  const addSecret = (secret: string): void => {
    secrets.push(secret)
    redact = redactor(secrets)
    onSecret?.(secret)
  }
  const bearer = credentials.kind === 'key' ? keyOf(credentials.key) : tokenOf(credentials, baseUrl ?? API, addSecret)
  let base: Promise<{ sdk: Sdk; client: Anthropic }> | null = null
  return {
    async client(fetch) {
      base ??= baseClient(baseUrl ?? API, bearer)
      const { sdk, client } = await base
      return { sdk, client: client.withOptions({ fetch: withAllowedHeaders(fetch, bearer, headers) }) }
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
  /** The key, or the latest token. */
  current(): string
}

const keyOf = (key: string): Bearer => ({ options: { apiKey: key }, current: () => key })

function tokenOf(federation: Federation, baseURL: string, addSecret: (secret: string) => void): Bearer {
  let current = ''
  const credentials = async () => {
    const { oidcFederationProvider } = await import('@anthropic-ai/sdk/lib/credentials/oidc-federation')
    const exchange = oidcFederationProvider({
      identityTokenProvider: async () => {
        const identity = await githubIdentity(federation)
        addSecret(identity)
        return identity
      },
      federationRuleId: federation.ruleId,
      organizationId: federation.organizationId,
      serviceAccountId: federation.serviceAccountId ?? undefined,
      workspaceId: federation.workspaceId ?? undefined,
      baseURL,
      fetch,
    })
    const token = await exchange()
    addSecret(token.token)
    current = token.token
    return token
  }
  return { options: { credentials }, current: () => current }
}

/** Sets every option that the SDK would otherwise read from the environment. */
async function baseClient(baseURL: string, { options }: Bearer): Promise<{ sdk: Sdk; client: Anthropic }> {
  const sdk = await import('@anthropic-ai/sdk')
  const client = new sdk.Anthropic({
    ...options,
    baseURL,
    webhookKey: null,
    maxRetries: 0,
    openTelemetry: false,
    logLevel: 'off',
    logger: silentLogger,
  })
  return { sdk, client }
}

const silentLogger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

const ALLOWED_HEADERS = /^(accept|content-type|user-agent|anthropic-version|anthropic-beta|x-stainless-.+)$/

/** ANTHROPIC_CUSTOM_HEADERS is the one variable that no option overrides: drops the headers that the SDK reads from it. */
const withAllowedHeaders =
  (fetch: Fetch, bearer: Bearer, more: Readonly<Record<string, string>>): Fetch =>
  (input, init) => {
    const headers = new Headers([...new Headers(init?.headers)].filter(([name]) => ALLOWED_HEADERS.test(name)))
    for (const [name, value] of Object.entries(more)) headers.set(name, value)
    headers.set('authorization', `Bearer ${bearer.current()}`)
    return fetch(input, { ...init, headers })
  }
