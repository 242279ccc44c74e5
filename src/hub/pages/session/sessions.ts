import { randomBytes } from 'node:crypto'
import { isSignedBy, signatureOf } from '../../../loopback/sign.ts'

const SESSION_MS = 7 * 24 * 3_600_000

export interface BrowserSession {
  /** What each form of this session's pages has to carry. */
  readonly csrf: string
}

/**
 * The value of a new session's cookie. It is signed and not stored, so that a restarted hub still knows it.
 * `now`: milliseconds.
 */
export function newBrowserSession(secret: string, now: number): { value: string; seconds: number } {
  const body = `${randomBytes(16).toString('base64url')}.${now + SESSION_MS}`
  return { value: `${body}.${signatureOf(secret, purpose('session', body))}`, seconds: SESSION_MS / 1000 }
}

/** The session of a cookie's value; null if it is not ours or has ended. */
export function readSession(secret: string, value: string | undefined, now: number): BrowserSession | null {
  const [id = '', expiry = '', signature = '', ...rest] = (value ?? '').split('.')
  const body = `${id}.${expiry}`
  if (rest.length > 0 || !isSignedBy(secret, purpose('session', body), signature)) return null
  return Number(expiry) > now ? { csrf: signatureOf(secret, purpose('form', body)) } : null
}

/** The secret signs other things too: none of them may pass for another. */
const purpose = (name: string, text: string): string => `pages/${name}\n${text}`
