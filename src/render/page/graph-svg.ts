import type { TaskId } from '../../core/ids.ts'
import type { GraphNode } from '../../core/plan/graph.ts'
import type { Plan, Task } from '../../core/plan/plan.ts'
import type { NodeStyle } from '../plan/graph.ts'
import { type Columns, columnsOf } from './graph-layout.ts'
import { type Html, html } from './html.ts'

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

const [GAP_X, GAP_Y, MARGIN] = [44, 12, 8]
const SIZE: Size = { width: 168, height: 34 }
const LABEL = 19

interface Size {
  width: number
  height: number
}

interface Point {
  x: number
  y: number
}

/** A drawing of nodes of one size, from left to right. `isThick`: whether the edge from a need to its node is drawn thick. */
export function layeredSvg<Node extends GraphNode>(
  nodes: readonly Node[],
  { width, height }: Size,
  isThick: (need: string, id: string) => boolean,
  draw: (node: Node, at: Point) => Html,
): Html {
  const columns = columnsOf(nodes)
  const rows = Math.max(...columns.map((column) => column.length))
  const [x, y] = [columns.length * (width + GAP_X) - GAP_X + 2 * MARGIN, rows * (height + GAP_Y) - GAP_Y + 2 * MARGIN]
  const points = pointsOf(columns, { width, height }, y)
  const edges = nodes.flatMap(({ id, needs }) =>
    needs.map((need) => edge(points.get(need), points.get(id), { width, height }, isThick(need, id))),
  )
  return html`<svg class="graph" width="${x}" height="${y}" viewBox="0 0 ${x} ${y}" role="group" aria-label="Graph of the plan">
${edges}
${nodes.map((node) => draw(node, points.get(node.id) ?? { x: 0, y: 0 }))}
</svg>`
}

/** The plan as a drawing; each node links to its task. `critical`: the tasks whose edges are drawn thick. */
export const graphSvg = (
  plan: Plan,
  styleOf: (id: TaskId) => NodeStyle,
  critical: ReadonlySet<TaskId>,
  hrefOf: (id: TaskId) => string,
): Html =>
  layeredSvg(
    plan.tasks,
    SIZE,
    (need, id) => critical.has(need) && critical.has(id),
    (task, at) => node(task, at, styleOf(task.id), hrefOf(task.id)),
  )

const pointsOf = (columns: Columns, { width, height }: Size, all: number): Map<string, Point> =>
  new Map(
    columns.flatMap((column, index) => {
      const top = (all - column.length * (height + GAP_Y) + GAP_Y) / 2
      return column.map((id, row): [string, Point] => [
        id,
        { x: MARGIN + index * (width + GAP_X), y: top + row * (height + GAP_Y) },
      ])
    }),
  )

function edge(from: Point | undefined, to: Point | undefined, { width, height }: Size, isThick: boolean): Html {
  if (from === undefined || to === undefined) return html``
  const [x1, y1, x2, y2] = [from.x + width, from.y + height / 2, to.x, to.y + height / 2]
  const bend = Math.max(GAP_X / 2, (x2 - x1) / 2)
  return html`<path class="${isThick ? 'edge critical' : 'edge'}" d="M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}"/>`
}

function node(task: Task, { x, y }: Point, style: NodeStyle, href: string): Html {
  const { sign, words } = SIGNS[style]
  const label = task.id.length > LABEL ? `${task.id.slice(0, LABEL - 1)}…` : task.id
  return html`<a href="${href}" data-task="${task.id}" data-state="${style}"><title>${task.id}: ${task.title} (${words})</title>
<rect x="${x}" y="${y}" width="${SIZE.width}" height="${SIZE.height}" rx="${task.kind === 'gate' ? SIZE.height / 2 : 6}"/><text x="${x + 12}" y="${y + 22}" class="sign">${sign}</text><text x="${x + 30}" y="${y + 22}">${label}</text></a>
`
}
