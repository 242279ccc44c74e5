import { createHmac, timingSafeEqual } from 'node:crypto'

const base64url = (text: string): string => Buffer.from(text).toString('base64url')

export const signatureOf = (secret: string, text: string): string =>
  createHmac('sha256', secret).update(text).digest('base64url')

export function isSignedBy(secret: string, text: string, signature: string): boolean {
  const wanted = Buffer.from(signatureOf(secret, text))
  const given = Buffer.from(signature)
  return wanted.length === given.length && timingSafeEqual(wanted, given)
}

/** The ACTIONS_RUNTIME_TOKEN of a job's steps. */
export function runtimeToken(secret: string, job: { id: number; run_id: number }, seconds: number): string {
  const header = base64url(JSON.stringify({ alg: 'HS256', typ: 'JWT' }))
  const scope = `Actions.Results:${job.run_id}:${job.id}`
  const claims = { iss: 'hub', aud: 'hub', scp: scope, nbf: seconds, iat: seconds, exp: seconds + 24 * 3_600 }
  const signed = `${header}.${base64url(JSON.stringify(claims))}`
  return `${signed}.${signatureOf(secret, signed)}`
}

/** The run and job of a runtime token of ours, or null. */
export function readRuntimeToken(secret: string, token: string): { run: number; job: number } | null {
  const at = token.lastIndexOf('.')
  if (at === -1 || !isSignedBy(secret, token.slice(0, at), token.slice(at + 1))) return null
  const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')
  const match = /Actions\.Results:(\d+):(\d+)/.exec(claims)
  return match === null ? null : { run: Number(match[1]), job: Number(match[2]) }
}
