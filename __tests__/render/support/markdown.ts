import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { gfm } from 'micromark-extension-gfm'

type Root = ReturnType<typeof fromMarkdown>
type Nodes = Root | Root['children'][number]

/** Parses Markdown as GitHub does, without the links that it adds later (mentions and references). */
export const parse = (markdown: string): Root =>
  fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] })

export const allNodes = (node: Nodes): Nodes[] => [node, ...('children' in node ? node.children.flatMap(allNodes) : [])]

export const nodeTypes = (markdown: string): Set<string> => new Set(allNodes(parse(markdown)).map((node) => node.type))

/** The text that a person reads: text and code, no tags. */
export const visibleText = (node: Nodes): string =>
  'value' in node && node.type !== 'html'
    ? node.value
    : 'children' in node
      ? node.children.map(visibleText).join('')
      : ''

/** Pseudo-random numbers, the same for each seed, so that a failing case can be repeated. */
export function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

const PIECES = [
  '@alice',
  '#12',
  'GH-7',
  'o/r#3',
  '<!-- tributary:plan:42 -->',
  '<script>',
  '</td>',
  '|',
  '\\|',
  '\\',
  '`',
  '```',
  '``',
  '~~~',
  '[a](http://x.y)',
  '![i](//x)',
  'www.evil.org',
  'https://evil.org',
  'a@b.org',
  '**',
  '__',
  '*',
  '_',
  '$',
  '$$x$$',
  '&amp;',
  '&#35;',
  '\n',
  '\r\n',
  '\n\n',
  '\t',
  '    ',
  '# ',
  '- ',
  '1. ',
  '> ',
  '===',
  '---',
  '[x]: http://y',
  '[^1]',
  '"',
  "'",
  ';',
  '%%{init: {}}%%',
  'end',
  'x'.repeat(40),
  'deadbeefdeadbeefdeadbeefdeadbeefdeadbeef',
  '\u202e',
  '\u200b',
  '\ud83d',
  'ü',
  '漢',
  '👩‍💻',
  '/approve 123',
  '-->',
  '{',
  '}',
  '(',
  ')',
  ':',
  'Closes #9',
  ' ',
  'word',
  '0',
  '\u0000',
  '\u001b[31m',
  '\u00a0',
] as const

/** A seeded random mixture of text that is special in Markdown, HTML, GitHub or Mermaid. */
export function randomMarkdown(seed: number, pieces = 12): string {
  const next = random(seed)
  return Array.from({ length: 1 + Math.floor(next() * pieces) }, () => PIECES[Math.floor(next() * PIECES.length)]).join(
    '',
  )
}
