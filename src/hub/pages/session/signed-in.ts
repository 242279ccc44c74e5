import { timingSafeEqual } from 'node:crypto'
import type { Context, MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import { type Html, html } from '../../../render/page/html.ts'
import type { HubEnv } from '../../rest/request.ts'
import type { World } from '../../world.ts'
import { plainDocument } from '../layout.ts'
import { createPageLimit } from './page-limit.ts'
import { type BrowserSession, readSession } from './sessions.ts'

export interface PageEnv {
  Bindings: HubEnv['Bindings']
  Variables: HubEnv['Variables'] & { session: BrowserSession; form: FormData }
}
export type PageCall = Context<PageEnv>

/** Nothing but our own files runs or is loaded, forms stay here, and no page elsewhere can frame or open these. */
export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  // `no-referrer` would make the origin of a form `null`, which cannot be told from that of a page elsewhere.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

/** Cookies do not keep ports apart, and several hubs may run at once. */
export const cookieName = ({ store }: World): string => `tributary_${store.doc.port}`

export const millisecondsOf = (world: World): number => Date.parse(world.now())

export const withSafeHeaders = (): MiddlewareHandler<PageEnv> => async (call, next) => {
  await next()
  for (const [name, value] of Object.entries(SAFE_HEADERS)) call.res.headers.set(name, value)
}

/** No person presses so many buttons in a minute, or follows so many links without a session. */
const [MOST_POSTS, MOST_STRANGERS] = [60, 120]

/**
 * Lets a request through if it comes from a page of ours, or from the person, with a session; a form needs its token too.
 * Requests with a session and those without are counted apart: else any program of this machine could keep the person out.
 */
export function signedIn(world: World): MiddlewareHandler<PageEnv> {
  const now = () => millisecondsOf(world)
  const [posts, strangers] = [createPageLimit(MOST_POSTS, now), createPageLimit(MOST_STRANGERS, now)]
  return async (call, next) => {
    if (isFromElsewhere(call)) return refusePage(call, 403, ELSEWHERE)
    const session = readSession(world.store.doc.secret, getCookie(call, cookieName(world)), now())
    if (session === null) {
      const wait = strangers.take()
      return wait === null ? refusePage(call, 401, NO_SESSION) : refuseForNow(call, wait)
    }
    call.set('session', session)
    if (call.req.method === 'GET') return next()
    const wait = posts.take()
    if (wait !== null) return refuseForNow(call, wait)
    const form = await call.req.formData().catch(() => new FormData())
    if (!isSame(session.csrf, `${form.get('csrf') ?? ''}`)) return refusePage(call, 403, OLD_FORM)
    call.set('form', form)
    return next()
  }
}

function refuseForNow(call: PageCall, seconds: number) {
  call.header('retry-after', `${seconds}`)
  return refusePage(call, 429, {
    title: 'Too many requests',
    words: html`<p>Nothing was done. Try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.</p>`,
  })
}

/**
 * Another server on this machine is another origin and, for cookies, the same site. So the cookie alone says nothing: a browser
 * says where a request comes from, and only a page that a person opens may be asked for from outside.
 */
export function isFromElsewhere({ req }: PageCall): boolean {
  const site = req.header('sec-fetch-site')
  if (site === undefined || site === 'same-origin' || site === 'none') return false
  return (
    req.method !== 'GET' || req.header('sec-fetch-mode') !== 'navigate' || req.header('sec-fetch-dest') !== 'document'
  )
}

function isSame(wanted: string, given: string): boolean {
  const [one, other] = [Buffer.from(wanted), Buffer.from(given)]
  return one.length === other.length && timingSafeEqual(one, other)
}

export const refusePage = (call: PageCall, status: 400 | 401 | 403 | 404 | 409 | 429 | 500, { title, words }: Words) =>
  call.html(plainDocument(title, words), status)

export interface Words {
  title: string
  words: Html
}

const NO_SESSION: Words = {
  title: 'You need a link to get in',
  words: html`<p>These pages act for the person who started the hub, so they open with a link that works once.</p>
<p>The terminal in which the hub runs shows one. If it was used, or is older than ten minutes, start the command again
in the same folder: it goes on where it was, and shows a new link.</p>`,
}
const ELSEWHERE: Words = {
  title: 'This request came from another page',
  words: html`<p>The hub answers its own pages only.</p>`,
}
const OLD_FORM: Words = {
  title: 'This form is not from your session',
  words: html`<p>Nothing was done. Go back, reload the page, and try again.</p>`,
}
