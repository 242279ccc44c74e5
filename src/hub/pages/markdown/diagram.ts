import { findCycle } from '../../../core/plan/graph.ts'
import { layeredSvg, SIGNS } from '../../../render/page/graph-svg.ts'
import { type Html, html } from '../../../render/page/html.ts'
import type { NodeStyle } from '../../../render/plan/graph.ts'

interface DiagramNode {
  id: string
  needs: string[]
  rows: readonly string[]
  isGate: boolean
  style: NodeStyle
}

const NODE = /^ {2}(n\d{1,4})(?:\["([^"]*)"\]|\{"([^"]*)"\})$/
const EDGE = /^ {2}(n\d{1,4}) --> (n\d{1,4})$/
const CLASS = /^ {2}class ([n\d,]+) ([a-z]+)$/
const COLOURS = /^ {2}classDef [a-z]+ [\w:#, -]+$/

/** A comment with more is no plan of ours, which has 99 edges at most. */
const MOST_LINES = 500
const ROW = 18
const CHARACTERS = 30
const WIDTH = 230

/** The drawing of a Mermaid graph of the form that plan comments have; null for any other, which only Mermaid can draw. */
export function diagramSvg(source: string): Html | null {
  const nodes = nodesIn(source)
  if (nodes === null) return null
  const rows = Math.max(...nodes.map((node) => node.rows.length))
  const height = rows * ROW + 16
  return layeredSvg(
    nodes,
    { width: WIDTH, height },
    () => false,
    (node, { x, y }) => {
      const top = y + (height - node.rows.length * ROW) / 2 + 13
      return html`<g data-state="${node.style}"><title>${node.rows.join(' ')} (${SIGNS[node.style].words})</title>
<rect x="${x}" y="${y}" width="${WIDTH}" height="${height}" rx="${node.isGate ? height / 2 : 6}"/>${node.rows.map((row, index) => html`<text x="${x + WIDTH / 2}" y="${top + index * ROW}" text-anchor="middle">${row}</text>`)}</g>
`
    },
  )
}

function nodesIn(source: string): DiagramNode[] | null {
  const [first, ...lines] = source.trimEnd().split('\n')
  if (first !== 'flowchart LR' || lines.length > MOST_LINES) return null
  const nodes = new Map<string, DiagramNode>()
  for (const line of lines) {
    const [, id, text, gate] = NODE.exec(line) ?? []
    const [, from = '', to = ''] = EDGE.exec(line) ?? []
    const [, names = '', style] = CLASS.exec(line) ?? []
    if (id !== undefined)
      nodes.set(id, { id, needs: [], rows: rowsOf(text ?? gate ?? ''), isGate: gate !== undefined, style: 'later' })
    else if (nodes.has(from) && nodes.has(to)) nodes.get(to)?.needs.push(from)
    else if (isStyle(style)) for (const name of names.split(',')) restyle(nodes.get(name), style)
    else if (!COLOURS.test(line)) return null
  }
  const found = [...nodes.values()]
  return found.length > 0 && found.every(({ rows }) => rows.length > 0) && findCycle(found) === null ? found : null
}

function restyle(node: DiagramNode | undefined, style: NodeStyle): void {
  if (node !== undefined) node.style = style
}

const isStyle = (name: string | undefined): name is NodeStyle => name !== undefined && Object.hasOwn(SIGNS, name)

/** The lines of a label without Mermaid's escapes, broken where they are too long. */
const rowsOf = (label: string): string[] => label.split('<br/>').flatMap((line) => broken(unescaped(line)))

const unescaped = (text: string): string =>
  text.replace(/#(\d{1,6});/g, (_, code: string) => String.fromCodePoint(Number(code)))

/** Letters of East Asia are twice as wide. */
const WIDE = /[\u2e80-\u{10ffff}]/u

function broken(text: string): string[] {
  const most = WIDE.test(text) ? CHARACTERS / 2 : CHARACTERS
  const rows: string[] = []
  let row = ''
  for (const word of text.split(' ').flatMap((word) => word.match(new RegExp(`.{1,${most}}`, 'gu')) ?? [])) {
    if (row !== '' && row.length + word.length >= most) {
      rows.push(row)
      row = word
    } else row = row === '' ? word : `${row} ${word}`
  }
  return row === '' ? rows : [...rows, row]
}
