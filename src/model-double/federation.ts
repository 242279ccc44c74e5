import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { isSignedBy, signatureOf } from '../loopback/sign.ts'
import type { IsToken } from './credentials.ts'
import { answerJson, requestBody } from './receive.ts'

/** The rule for identities that are exchanged for an access token. */
export interface FederationRule {
  readonly ruleId: string
  readonly organizationId: string
  /** The audience of the identity token. */
  readonly audience?: string
  /** Whom it names, e.g. `repo:octo/demo:ref:refs/heads/main`. */
  readonly subject?: string
  /** How long an access token holds, in seconds. */
  readonly seconds?: number
}

export interface TokenExchange {
  readonly at: Date
  readonly granted: boolean
}

export interface FederationServer {
  readonly identity: Identity
  readonly exchanges: readonly TokenExchange[]
  readonly isToken: IsToken
  /** POST /v1/oauth/token. */
  answer(req: IncomingMessage, res: ServerResponse): Promise<void>
}

export const TOKEN_PATH = '/v1/oauth/token'

const BETA = 'oidc-federation-2026-04-01'
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const MOST_CHARACTERS = 16 * 1024

const requestSchema = z.object({
  grant_type: z.literal(GRANT),
  assertion: z.string().max(MOST_CHARACTERS),
  federation_rule_id: z.string(),
  organization_id: z.string(),
  service_account_id: z.string().optional(),
  workspace_id: z.string().optional(),
})

/** Exchanges identity tokens of jobs for access tokens, by one rule; without a rule, none. */
export function createFederation(rule: FederationRule | null, now: () => Date): FederationServer {
  const given = new Map<string, number>()
  const exchanges: TokenExchange[] = []
  const identity = createIdentity(rule?.subject ?? 'repo:octo/demo:ref:refs/heads/main', now)
  return {
    identity,
    exchanges,
    isToken: (token) => (given.get(token) ?? 0) > now().getTime(),
    answer: async (req, res) => {
      const no = refusalOf(rule, identity, req, await requestBody(req))
      exchanges.push({ at: now(), granted: no === null })
      if (no !== null) return answerJson(res, no.status, { error: no.error, error_description: no.description })
      const token = `sk-ant-oat01-${randomUUID()}`
      const seconds = rule?.seconds ?? 600
      given.set(token, now().getTime() + seconds * 1000)
      answerJson(res, 200, { access_token: token, token_type: 'Bearer', expires_in: seconds })
    },
  }
}

interface No {
  readonly status: 400 | 401
  readonly error: string
  readonly description: string
}

const badRequest = (description: string): No => ({ status: 400, error: 'invalid_request', description })

function refusalOf(
  rule: FederationRule | null,
  identity: Identity,
  req: IncomingMessage,
  raw: string | null,
): No | null {
  if (!String(req.headers['anthropic-beta'] ?? '').includes(BETA))
    return badRequest(`anthropic-beta: ${BETA} is required`)
  const asked = requestSchema.safeParse(parsed(raw))
  if (!asked.success) return badRequest(`${asked.error.issues[0]?.path.join('.')}: ${asked.error.issues[0]?.message}`)
  const { assertion, federation_rule_id: ruleId, organization_id: organizationId } = asked.data
  const claims = identity.read(assertion)
  const fits =
    rule !== null &&
    rule.ruleId === ruleId &&
    rule.organizationId === organizationId &&
    claims?.aud === (rule.audience ?? 'https://api.anthropic.com') &&
    (rule.subject === undefined || claims.sub === rule.subject)
  // The answer does not say which check failed: a client without proof must learn nothing of the rules.
  return fits ? null : { status: 401, error: 'invalid_grant', description: 'The identity token matches no rule' }
}

function parsed(raw: string | null): unknown {
  try {
    return raw === null ? null : JSON.parse(raw)
  } catch {
    return null
  }
}

const ISSUER = 'https://token.actions.githubusercontent.com'
const LIFETIME_SECONDS = 300

/** The endpoint that issues a job's identity token, as in ACTIONS_ID_TOKEN_REQUEST_URL. */
export const IDENTITY_PATH = '/github/id-token'

const claimsSchema = z.object({ iss: z.string(), aud: z.string(), sub: z.string(), exp: z.number() })

type Claims = z.infer<typeof claimsSchema>

/** Identity tokens of jobs, in GitHub's shape but signed by a secret of this server. */
interface Identity {
  /** For ACTIONS_ID_TOKEN_REQUEST_TOKEN. */
  readonly requestToken: string
  answer(req: IncomingMessage, res: ServerResponse): void
  /** The claims of a token that was issued here and is still valid. */
  read(token: string): Claims | null
}

/** `subject` names the workflow run, e.g. `repo:octo/demo:ref:refs/heads/main`. */
function createIdentity(subject: string, now: () => Date): Identity {
  const secret = randomUUID()
  const requestToken = randomUUID()
  return {
    requestToken,
    answer: (req, res) => {
      if (req.headers.authorization?.toLowerCase() !== `bearer ${requestToken}`) {
        return answerJson(res, 401, { message: 'Bad credentials' })
      }
      const asked = new URL(req.url ?? '/', 'http://loopback').searchParams.get('audience')
      answerJson(res, 200, { count: 1, value: mint(secret, subject, asked ?? 'https://github.com/octo', now()) })
    },
    read: (token) => {
      const claims = claimsOf(secret, token)
      return claims !== null && claims.iss === ISSUER && claims.exp * 1000 > now().getTime() ? claims : null
    },
  }
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

function mint(secret: string, subject: string, audience: string, at: Date): string {
  const seconds = Math.floor(at.getTime() / 1000)
  const times = { iat: seconds, nbf: seconds, exp: seconds + LIFETIME_SECONDS }
  const claims = { iss: ISSUER, aud: audience, sub: subject, jti: randomUUID(), ...times }
  const signed = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(claims)}`
  return `${signed}.${signatureOf(secret, signed)}`
}

function claimsOf(secret: string, token: string): Claims | null {
  const [head = '', payload = '', signature = ''] = token.split('.')
  if (!isSignedBy(secret, `${head}.${payload}`, signature)) return null
  return claimsSchema.parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')))
}
