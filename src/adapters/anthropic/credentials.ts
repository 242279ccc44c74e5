/** How a job authenticates: with a key, or with the identity that GitHub gives it (workload identity federation). */
export type Credentials = { kind: 'key'; key: string } | Federation

export interface Federation {
  kind: 'federation'
  ruleId: string
  organizationId: string
  serviceAccountId: string | null
  workspaceId: string | null
  /** The audience of the identity token; the federation rule must expect the same. */
  audience: string
  /** Where the job requests its identity token; null without the permission `id-token: write`. */
  identity: { requestUrl: string; requestToken: string } | null
}

/**
 * Environment variables that hold a credential or lead to one. The sandbox hands none of them to a command; a program of
 * `worker.command` gets those that `worker.env` names, but never those of GitHub's identity.
 */
export const CREDENTIAL_NAMES = [
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_FEDERATION_RULE_ID',
  'ANTHROPIC_ORGANIZATION_ID',
  'ANTHROPIC_SERVICE_ACCOUNT_ID',
  'ANTHROPIC_WORKSPACE_ID',
  'ANTHROPIC_OIDC_AUDIENCE',
  'ACTIONS_ID_TOKEN_REQUEST_URL',
  'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
] as const

type CredentialName = (typeof CREDENTIAL_NAMES)[number]

const AUDIENCE = 'https://api.anthropic.com'

/** A key takes precedence over federation; null if the environment has neither. */
export function readCredentials(env: Readonly<Record<string, string | undefined>>): Credentials | null {
  // A job gets a missing secret as an empty string.
  const read = (name: CredentialName): string | null => env[name]?.trim() || null
  const key = read('ANTHROPIC_API_KEY')
  if (key !== null) return { kind: 'key', key }
  const [ruleId, organizationId] = [read('ANTHROPIC_FEDERATION_RULE_ID'), read('ANTHROPIC_ORGANIZATION_ID')]
  if (ruleId === null || organizationId === null) return null
  const [requestUrl, requestToken] = [read('ACTIONS_ID_TOKEN_REQUEST_URL'), read('ACTIONS_ID_TOKEN_REQUEST_TOKEN')]
  return {
    kind: 'federation',
    ruleId,
    organizationId,
    serviceAccountId: read('ANTHROPIC_SERVICE_ACCOUNT_ID'),
    workspaceId: read('ANTHROPIC_WORKSPACE_ID'),
    audience: read('ANTHROPIC_OIDC_AUDIENCE') ?? AUDIENCE,
    identity: requestUrl === null || requestToken === null ? null : { requestUrl, requestToken },
  }
}

/** Headers that say who asks, what is sent and how: the SDK sets these. */
const OWN_HEADERS =
  /^(authorization|host|connection|transfer-encoding|content-.*|accept|user-agent|anthropic-version|x-stainless-.*)$/

/** Headers that a gateway wants, from lines of `Name: value`. Throws for a line that is none. */
export function readHeaders(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const lines = (env.ANTHROPIC_CUSTOM_HEADERS ?? '').split(/\r?\n/).filter((line) => line.trim() !== '')
  return Object.fromEntries(lines.map(readHeader))
}

function readHeader(line: string, index: number): [name: string, value: string] {
  const [, name = '', value = ''] = /^\s*([A-Za-z0-9][A-Za-z0-9-]*)\s*:\s*([\x20-\x7e]*?)\s*$/.exec(line) ?? []
  const where = `line ${index + 1} of ANTHROPIC_CUSTOM_HEADERS`
  if (name === '' || value === '') throw new Error(`${where} is no header: write \`Name: value\``)
  if (OWN_HEADERS.test(name.toLowerCase())) throw new Error(`${where}: ${name} is set by the action itself`)
  return [name.toLowerCase(), value]
}

/** GitHub or the API's token endpoint gave no token; `statusCode` is null without a response. */
class IdentityError extends Error {
  readonly statusCode: number | null
  constructor(message: string, statusCode: number | null, options?: ErrorOptions) {
    super(message, options)
    this.name = 'IdentityError'
    this.statusCode = statusCode
  }
}

/** Requests the job's OIDC identity token, which is valid for a few minutes. */
export async function githubIdentity({
  identity,
  audience,
}: Pick<Federation, 'identity' | 'audience'>): Promise<string> {
  if (identity === null) throw new IdentityError('the job has no `permissions: id-token: write`', 401)
  const address = new URL(identity.requestUrl)
  address.searchParams.set('audience', audience)
  const response = await answerOf(address, identity.requestToken)
  if (!response.ok) throw new IdentityError(`GitHub gave no identity token: ${response.status}`, response.status)
  const body: unknown = await response.json().catch(() => null)
  if (typeof body === 'object' && body !== null && 'value' in body && typeof body.value === 'string') return body.value
  throw new IdentityError('GitHub answered without an identity token', 502)
}

async function answerOf(address: URL, token: string): Promise<Response> {
  try {
    // No redirects: the token is for this one address.
    return await fetch(address, { headers: { authorization: `Bearer ${token}` }, redirect: 'error' })
  } catch (cause) {
    throw new IdentityError('GitHub could not be asked for an identity token', null, { cause })
  }
}
