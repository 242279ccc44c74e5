import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { isSignedBy, signatureOf } from '../artifacts/sign.ts'
import { answerJson } from './receive.ts'

const ISSUER = 'https://token.actions.githubusercontent.com'
const LIFETIME_SECONDS = 300

/** Where GitHub hands a job its identity, as it stands in ACTIONS_ID_TOKEN_REQUEST_URL. */
export const IDENTITY_PATH = '/github/id-token'

const claimsSchema = z.object({ iss: z.string(), aud: z.string(), sub: z.string(), exp: z.number() })

type Claims = z.infer<typeof claimsSchema>

/** Identity tokens of jobs, in GitHub's shape but signed by a secret of this server. */
export interface Identity {
  /** For ACTIONS_ID_TOKEN_REQUEST_TOKEN. */
  readonly requestToken: string
  answer(req: IncomingMessage, res: ServerResponse): void
  /** The claims of a token that was given out here and still holds. */
  read(token: string): Claims | null
}

/** `subject` names the workflow run, e.g. `repo:octo/demo:ref:refs/heads/main`. */
export function createIdentity(subject: string, now: () => Date): Identity {
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
