import type { TaskId } from '../../core/ids.ts'
import type { Plan, Task } from '../../core/plan/plan.ts'
import type { NodeStyle } from '../plan/graph.ts'
import { type Columns, columnsOf } from './graph-layout.ts'
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

const [WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN] = [168, 34, 44, 12, 8]
const LABEL = 19

interface Point {
  x: number
  y: number
}

/** The plan as a drawing; each node links to its task. `critical`: the tasks whose edges are drawn thick. */
export function graphSvg(
  plan: Plan,
  styleOf: (id: TaskId) => NodeStyle,
  critical: ReadonlySet<TaskId>,
  hrefOf: (id: TaskId) => string,
): Html {
  const columns = columnsOf(plan.tasks)
  const rows = Math.max(...columns.map((column) => column.length))
  const width = columns.length * (WIDTH + GAP_X) - GAP_X + 2 * MARGIN
  const height = rows * (HEIGHT + GAP_Y) - GAP_Y + 2 * MARGIN
  const points = pointsOf(columns, height)
  return html`<svg class="graph" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="group" aria-label="Graph of the plan">
${plan.tasks.map((task) => edgesTo(task, points, 'edge'))}
${piece('critical-path', html`<g id="critical-path">${plan.tasks.map((task) => critical.has(task.id) && edgesTo(task, points, 'edge critical', critical))}</g>`)}
${plan.tasks.map((task) => node(task, points.get(task.id) ?? { x: 0, y: 0 }, styleOf(task.id), hrefOf(task.id)))}
</svg>`
}

const pointsOf = (columns: Columns, height: number): Map<TaskId, Point> =>
  new Map(
    columns.flatMap((column, index) => {
      const top = (height - column.length * (HEIGHT + GAP_Y) + GAP_Y) / 2
      return column.map((id, row): [TaskId, Point] => [
        id,
        { x: MARGIN + index * (WIDTH + GAP_X), y: top + row * (HEIGHT + GAP_Y) },
      ])
    }),
  )

/** From its needs, or from those of them that are `among` some. */
const edgesTo = (task: Task, points: ReadonlyMap<TaskId, Point>, kind: string, among?: ReadonlySet<TaskId>): Html[] =>
  task.needs.flatMap((need) => {
    if (among?.has(need) === false) return []
    const [from, to] = [points.get(need), points.get(task.id)]
    if (from === undefined || to === undefined) return []
    const [x1, y1, x2, y2] = [from.x + WIDTH, from.y + HEIGHT / 2, to.x, to.y + HEIGHT / 2]
    const bend = Math.max(GAP_X / 2, (x2 - x1) / 2)
    return [html`<path class="${kind}" d="M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}"/>`]
  })

function node(task: Task, { x, y }: Point, style: NodeStyle, href: string): Html {
  const { sign, words } = SIGNS[style]
  const label = task.id.length > LABEL ? `${task.id.slice(0, LABEL - 1)}…` : task.id
  const id = `node-${task.id}`
  return piece(
    id,
    html`<a id="${id}" href="${href}" data-task="${task.id}" data-state="${style}"><title>${task.id}: ${task.title} (${words})</title>
<rect x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="${task.kind === 'gate' ? HEIGHT / 2 : 6}"/><text x="${x + 12}" y="${y + 22}" class="sign">${sign}</text><text x="${x + 30}" y="${y + 22}">${label}</text></a>`,
  )
}
