import { parse } from './markdown.ts'

type Nodes = ReturnType<typeof parse> | ReturnType<typeof parse>['children'][number]

/** What our own Markdown needs of HTML: a gap, and code in a cell. */
const OURS = /^<\/?(?:code|span)>$/
/** What GitHub makes links of once Markdown is done, in text alone and never in code. */
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
 * Everything in the Markdown that would become a link, a picture, a mention, a reference or foreign HTML on GitHub, but what is
 * `ours`: told by its address, its tag, or the words that become a link.
 */
export const linked = (markdown: string, ours: (what: string) => boolean = () => false): string[] =>
  linkedIn(parse(markdown), ours)

function linkedIn(node: Nodes, ours: (what: string) => boolean): string[] {
  if (LINKS.includes(node.type)) return 'url' in node && ours(node.url) ? [] : [node.type]
  if (node.type === 'html') return OURS.test(node.value) || ours(node.value) ? [] : [node.value]
  if (node.type === 'text')
    return FOUND.flatMap((shape) => shape.exec(node.value)?.[0] ?? []).filter((found) => !ours(found.trim()))
  if (!('children' in node)) return []
  let code = false
  return node.children.flatMap((child) => {
    if (child.type === 'html' && /^<\/?code>$/.test(child.value)) code = child.value === '<code>'
    return code && child.type === 'text' ? [] : linkedIn(child, ours)
  })
}
