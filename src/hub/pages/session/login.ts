import { setCookie } from 'hono/cookie'
import { html } from '../../../render/page/html.ts'
import type { World } from '../../world.ts'
import type { LoginLinks } from './login-links.ts'
import { newBrowserSession } from './sessions.ts'
import { cookieName, isFromElsewhere, millisecondsOf, type PageCall, refusePage, type Words } from './signed-in.ts'

/** `/login/TOKEN`: opens a session and leads to the runs, so that the token is not in the address any more. */
export function logIn(world: World, links: LoginLinks, call: PageCall) {
  // A browser that loads a page ahead of the click, or a program that only looks at a link, would use it up.
  const isAhead =
    call.req.method === 'HEAD' ||
    /prefetch|prerender/.test(`${call.req.header('sec-purpose') ?? ''} ${call.req.header('purpose') ?? ''}`)
  if (isAhead || isFromElsewhere(call)) return refusePage(call, 403, NOT_NOW)
  switch (links.redeem(call.req.param('token') ?? '')) {
    case 'too-many':
      call.header('retry-after', '60')
      return refusePage(call, 429, TOO_MANY)
    case 'unknown':
      return refusePage(call, 401, USED)
    case 'ok': {
      const { value, seconds } = newBrowserSession(world.store.doc.secret, millisecondsOf(world))
      setCookie(call, cookieName(world), value, { path: '/', httpOnly: true, sameSite: 'Strict', maxAge: seconds })
      return call.redirect('/', 303)
    }
  }
}

const USED: Words = {
  title: 'This link does not work any more',
  words: html`<p>Each link works once, for ten minutes. Start the command in the terminal again for a new one: it goes on
where it was.</p>`,
}
const TOO_MANY: Words = {
  title: 'Too many links that do not work',
  words: html`<p>Wait a minute, then open the link that the terminal shows.</p>`,
}
const NOT_NOW: Words = { title: 'Open the link yourself', words: html`<p>The link was not used up.</p>` }
