import type { TaskId } from '../../core/ids.ts'
import type { GraphNode } from '../../core/plan/graph.ts'
import type { Plan, Task } from '../../core/plan/plan.ts'
import type { NodeStyle } from '../plan/graph.ts'
import { columnsOf, type Routed, withWaypoints } from './graph-layout.ts'
import { type Html, html, piece } from './html.ts'

/** A style as a sign and in words, so that no state is told by colour alone. */
export const SIGNS: Readonly<Record<NodeStyle, { sign: string; words: string }>> = {
  landed: { sign: '✓', words: 'landed' },
  atwork: { sign: '▶', words: 'at work' },
  queued: { sign: '…', words: 'queued' },
  person: { sign: '!', words: 'waits for a person' },
  failed: { sign: '✕', words: 'failed' },
  blocked: { sign: '⊘', words: 'blocked' },
  left: { sign: '–', words: 'left out' },
  later: { sign: '○', words: 'to come' },
}

const [GAP_X, GAP_Y, MARGIN] = [36, 12, 8]
const HEIGHT = 34
/** Characters of a label at most, and what a wide letter takes. */
const [LABEL, LETTER] = [19, 8]
/** Where the sign and the label begin, and what is free behind it. */
const [SIGN_AT, LABEL_AT, BEHIND] = [12, 30, 8]

interface Size {
  width: number
  height: number
}

interface Point {
  x: number
  y: number
}

/** Where things are: the middle of the left side of each node, and the points at which edges pass a column. */
interface Layout {
  places: ReadonlyMap<string, Point>
  wayTo: Routed['wayTo']
  whole: Size
}

/** A drawing of nodes of one size, from left to right. `isThick`: whether the edge from a need to its node is drawn thick. */
export function layeredSvg<Node extends GraphNode>(
  nodes: readonly Node[],
  size: Size,
  isThick: (need: string, id: string) => boolean,
  draw: (node: Node, at: Point) => Html,
): Html {
  const layout = layoutOf(nodes, size)
  const { places, whole } = layout
  const pairs = nodes.flatMap(({ id, needs }) =>
    needs.flatMap((need) => (places.has(need) ? [[need, id] as const] : [])),
  )
  const thick = pairs.filter(([need, id]) => isThick(need, id))
  const edges = (kind: string, some: typeof pairs) => some.map(([need, id]) => edge(kind, layout, size, need, id))
  return html`<svg class="graph" width="${whole.width}" height="${whole.height}" viewBox="0 0 ${whole.width} ${whole.height}" role="group" aria-label="Graph of the plan">
${edges('edge', pairs)}
${thick.length > 0 && piece('thick-edges', html`<g id="thick-edges">${edges('edge critical', thick)}</g>`)}
${nodes.map((node) => {
  const { x, y } = places.get(node.id) ?? { x: 0, y: 0 }
  return draw(node, { x, y: y - size.height / 2 })
})}
</svg>`
}

/** The plan as a drawing; each node links to its task. `critical`: the tasks whose edges are drawn thick. `changeOf`: what is new in a task. */
export function graphSvg(
  { tasks }: Plan,
  styleOf: (id: TaskId) => NodeStyle,
  critical: ReadonlySet<TaskId>,
  hrefOf: (id: TaskId) => string,
  changeOf: (id: TaskId) => string | undefined,
): Html {
  const width = LABEL_AT + LETTER * Math.max(...tasks.map(({ id }) => labelOf(id).length)) + BEHIND
  return layeredSvg(
    tasks,
    { width, height: HEIGHT },
    (need, id) => critical.has(need) && critical.has(id),
    (task, at) => node(task, { ...at, width }, styleOf(task.id), hrefOf(task.id), changeOf(task.id)),
  )
}

/** Columns stand in the middle of the height; a point takes none but its gap. */
function layoutOf(tasks: readonly GraphNode[], { width, height }: Size): Layout {
  const { nodes, wayTo } = withWaypoints(tasks)
  const columns = columnsOf(nodes)
  const ids = new Set(tasks.map(({ id }) => id))
  const heightOf = (id: string) => (ids.has(id) ? height : 0)
  const heights = columns.map((column) => column.reduce((sum, id) => sum + heightOf(id) + GAP_Y, -GAP_Y))
  const whole = {
    width: columns.length * (width + GAP_X) - GAP_X + 2 * MARGIN,
    height: Math.max(...heights) + 2 * MARGIN,
  }
  const places = new Map<string, Point>()
  columns.forEach((column, index) => {
    let top = (whole.height - (heights[index] ?? 0)) / 2
    for (const id of column) {
      places.set(id, { x: MARGIN + index * (width + GAP_X), y: top + heightOf(id) / 2 })
      top += heightOf(id) + GAP_Y
    }
  })
  return { places, wayTo, whole }
}

function edge(kind: string, { places, wayTo }: Layout, { width }: Size, need: string, id: string): Html {
  const behind = ({ x, y }: Point): Point => ({ x: x + width, y })
  const [from = { x: 0, y: 0 }, ...stops] = [need, ...wayTo(need, id), id].flatMap((one) => places.get(one) ?? [])
  let last = behind(from)
  const begin = `M${last.x},${last.y}`
  const curves = stops.map((stop, index) => {
    const bend = (stop.x - last.x) / 2
    const curve = `C${last.x + bend},${last.y} ${stop.x - bend},${stop.y} ${stop.x},${stop.y}`
    last = behind(stop)
    return index === stops.length - 1 ? curve : `${curve} H${last.x}`
  })
  return html`<path class="${kind}" d="${[begin, ...curves].join(' ')}"/>`
}

const labelOf = (id: TaskId): string => (id.length > LABEL ? `${id.slice(0, LABEL - 1)}…` : id)

/** A pill on the upper right corner, with its word: what is new is told by a shape and a text. */
const MARK = { width: 28, height: 13, inside: 6 }

const mark = (right: number, top: number): Html => {
  const { width, height, inside } = MARK
  const [x, y, bend] = [right - width + inside, top - height / 2, height / 2]
  const side = width - height
  return html`<g class="mark"><path d="M${x + bend},${y} h${side} a${bend},${bend} 0 0 1 0,${height} h${-side} a${bend},${bend} 0 0 1 0,${-height} z"/><text x="${x + width / 2}" y="${y + height - 3}">new</text></g>`
}

/** `change`: what it was when a person last looked, if that is something else. */
function node(
  task: Task,
  { x, y, width }: Point & { width: number },
  style: NodeStyle,
  href: string,
  change: string | undefined,
): Html {
  const { sign, words } = SIGNS[style]
  const id = `node-${task.id}`
  return piece(
    id,
    html`<a id="${id}" href="${href}" data-task="${task.id}" data-state="${style}"><title>${task.id}: ${task.title} (${words}${change !== undefined && `; new since you last looked: ${change}`})</title>
<rect x="${x}" y="${y}" width="${width}" height="${HEIGHT}" rx="${task.kind === 'gate' ? HEIGHT / 2 : 6}"/><text x="${x + SIGN_AT}" y="${y + 22}" class="sign">${sign}</text><text x="${x + LABEL_AT}" y="${y + 22}">${labelOf(task.id)}</text>${change !== undefined && mark(x + width, y)}</a>`,
  )
}
