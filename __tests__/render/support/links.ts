import { parse } from './markdown.ts'

type Nodes = ReturnType<typeof parse> | ReturnType<typeof parse>['children'][number]

/** HTML tags that our own Markdown uses: a gap, and code in a table cell. */
const OURS = /^<\/?(?:code|span)>$/
/** Patterns that GitHub turns into links after it renders Markdown, in text but not in code. */
const FOUND = [
  /(?:^|[^\w/])@[\w-]/,
  /(?:^|[^\w&])#\d+/,
  /[\w.-]\/[\w.-]+#\d+/,
  /\b(?:gh|cve)-\d/i,
  /\bghsa-[0-9a-z]{4}-/i,
  /:\/\//,
  /www\.\w/i,
  /(?<![0-9a-z])[0-9a-f]{7,40}(?![0-9a-z])/i,
]
const LINKS = [
  'link',
  'linkReference',
  'image',
  'imageReference',
  'definition',
  'footnoteDefinition',
  'footnoteReference',
]

/**
 * Everything in the Markdown that would become a link, picture, mention, reference or foreign HTML on GitHub, except what
 * `ours` accepts by its address, its tag or its text.
 */
export const githubLinks = (markdown: string, ours: (what: string) => boolean = () => false): string[] =>
  linksIn(parse(markdown), ours)

function linksIn(node: Nodes, ours: (what: string) => boolean): string[] {
  if (LINKS.includes(node.type)) return 'url' in node && ours(node.url) ? [] : [node.type]
  if (node.type === 'html') return OURS.test(node.value) || ours(node.value) ? [] : [node.value]
  if (node.type === 'text')
    return FOUND.flatMap((shape) => shape.exec(node.value)?.[0] ?? []).filter((found) => !ours(found.trim()))
  if (!('children' in node)) return []
  let code = false
  return node.children.flatMap((child) => {
    if (child.type === 'html' && /^<\/?code>$/.test(child.value)) code = child.value === '<code>'
    return code && child.type === 'text' ? [] : linksIn(child, ours)
  })
}
