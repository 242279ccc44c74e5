import { parse } from './markdown.ts'

type Nodes = ReturnType<typeof parse> | ReturnType<typeof parse>['children'][number]

/** What our own Markdown needs of HTML: a gap, and code in a cell. */
const OURS = /^<\/?(?:code|span)>$/
/** What GitHub makes links of once Markdown is done, in text alone and never in code. */
const FOUND = [
  /(?:^|[^\w/])@[\w-]/,
  /(?:^|[^\w&])#\d/,
  /[\w.-]\/[\w.-]+#\d/,
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

/** Everything in the Markdown that would become a link, a picture, a mention, a reference or foreign HTML on GitHub. */
export const linked = (markdown: string): string[] => linkedIn(parse(markdown))

function linkedIn(node: Nodes): string[] {
  if (LINKS.includes(node.type)) return [node.type]
  if (node.type === 'html') return OURS.test(node.value) ? [] : [node.value]
  if (node.type === 'text') return FOUND.flatMap((shape) => shape.exec(node.value)?.[0] ?? [])
  if (!('children' in node)) return []
  let code = false
  return node.children.flatMap((child) => {
    if (child.type === 'html' && /^<\/?code>$/.test(child.value)) code = child.value === '<code>'
    return code && child.type === 'text' ? [] : linkedIn(child)
  })
}
