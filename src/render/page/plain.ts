import { type Html, html } from './html.ts'

/**
 * What is written in our Markdown: a code span, whose content holds no escapes; a character behind a backslash; an entity; a mark
 * of emphasis or code, which is dropped.
 */
const PIECES =
  /(`+)( ?)([\s\S]+?)\2(?<!`)\1(?!`)|\\([\\`*_{}[\]()#+\-.!|<>~])|&(?:#(\d{1,6})|(amp|lt|gt));|\*\*|<\/?code>/g

/** A line of our Markdown as plain text, which still has to be escaped for HTML. */
export const plain = (markdown: string): string =>
  markdown
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(PIECES, (_, _ticks, _pad, content?: string, escaped?: string, point?: string, name?: string) => {
      if (point === undefined) return content ?? escaped ?? NAMED[name ?? ''] ?? ''
      return point === ZERO_WIDTH ? '' : String.fromCodePoint(Number(point))
    })

/** Keeps GitHub from reading a mention or a link; a page has none of these. */
const ZERO_WIDTH = '8203'
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>' }

/** Text of a plan, whose words between backticks are code. */
export const coded = (text: string): Html =>
  html`${text.split(/`([^`\n]+)`/).map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`
