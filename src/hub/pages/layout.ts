import { createHash } from 'node:crypto'
import { type Html, html } from '../../render/page/html.ts'
import { LIVE_SCRIPT } from './assets/script.ts'
import { PAGES_STYLE } from './assets/style.ts'

/** A piece of a page that is sent again when it changed, and replaced by the page's script. */
export interface Part {
  /** Its id in the page. */
  id: string
  html: Html
}

export interface View {
  title: string
  /** Where one is, from the list of runs on: the words and the address of each step. */
  trail: readonly (readonly [words: string, href: string])[]
  /** How it stands, in a few words that a screen reader says when they change. */
  now: string
  /** It changes without a change of the hub's state, as a log does. */
  grows?: boolean
  parts: readonly Part[]
}

export const partHash = ({ html: { text } }: Part): string => digest(text)

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 12)

/** The addresses change with the content, so that a browser may keep both for good. */
export const STYLE_PATH = `/-/style-${digest(PAGES_STYLE)}.css`
export const SCRIPT_PATH = `/-/live-${digest(LIVE_SCRIPT)}.js`

const head = (title: string): Html => html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Tributary</title><link rel="stylesheet" href="${STYLE_PATH}">`

export function liveDocument({ title, trail, now, parts }: View): string {
  return html`${head(title)}<script type="module" src="${SCRIPT_PATH}"></script></head><body>
<a class="skip" href="#content">Skip to the content</a>
<header class="top"><nav aria-label="You are here"><a href="/">Runs</a>${trail.map(([words, href]) => html` <span aria-hidden="true">›</span> <a href="${href}">${words}</a>`)}</nav>
<span id="link" class="link" role="status"></span></header>
<p id="now" class="hidden" role="status" aria-live="polite">${now}</p>
<main id="content" tabindex="-1">
${parts.map(
  (part) => html`<section id="${part.id}" data-part data-hash="${partHash(part)}">${part.html}</section>
`,
)}</main></body></html>
`.text
}

/** A page that stands still, for words to a person who is not let in. */
export const plainDocument = (title: string, words: Html): string =>
  html`${head(title)}</head><body><main id="content"><h1>${title}</h1>
${words}</main></body></html>
`.text
