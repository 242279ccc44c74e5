import type { TaskId } from '../../core/ids.ts'
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

const [HEIGHT, GAP_X, GAP_Y, MARGIN] = [34, 36, 12, 8]
/** Characters of a label at most, and what a wide letter takes. */
const [LABEL, LETTER] = [19, 8]
/** Where the sign and the label begin, and what is free behind it. */
const [SIGN_AT, LABEL_AT, BEHIND] = [12, 30, 8]

/** Where things are. Nodes are as wide as the longest label needs, edges pass other columns at points of no height. */
interface Drawing {
  wide: number
  /** The middle of the left side of each node, and of each point. */
  places: ReadonlyMap<TaskId, Point>
  wayTo: Routed['wayTo']
}

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
  const { nodes, wayTo } = withWaypoints(plan.tasks)
  const columns = columnsOf(nodes)
  const ids = new Set(plan.tasks.map(({ id }) => id))
  const heightOf = (id: TaskId) => (ids.has(id) ? HEIGHT : 0)
  const heights = columns.map((column) => column.reduce((sum, id) => sum + heightOf(id) + GAP_Y, -GAP_Y))
  const wide = LABEL_AT + LETTER * Math.max(...plan.tasks.map(({ id }) => labelOf(id).length)) + BEHIND
  const [width, height] = [columns.length * (wide + GAP_X) - GAP_X + 2 * MARGIN, Math.max(...heights) + 2 * MARGIN]
  const places = new Map(
    columns.flatMap((column, index) => {
      let top = (height - (heights[index] ?? 0)) / 2
      return column.map((id): [TaskId, Point] => {
        const y = top + heightOf(id) / 2
        top += heightOf(id) + GAP_Y
        return [id, { x: MARGIN + index * (wide + GAP_X), y }]
      })
    }),
  )
  const drawing: Drawing = { wide, places, wayTo }
  return html`<svg class="graph" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="group" aria-label="Graph of the plan">
${plan.tasks.map((task) => edgesTo(task, drawing, 'edge'))}
${piece('critical-path', html`<g id="critical-path">${plan.tasks.map((task) => critical.has(task.id) && edgesTo(task, drawing, 'edge critical', critical))}</g>`)}
${plan.tasks.map((task) => node(task, drawing, styleOf(task.id), hrefOf(task.id)))}
</svg>`
}

/** From its needs, or from those of them that are `among` some. */
const edgesTo = (task: Task, { wide, places, wayTo }: Drawing, kind: string, among?: ReadonlySet<TaskId>): Html[] =>
  task.needs.flatMap((need) => {
    if (!places.has(need) || among?.has(need) === false) return []
    const [from, ...stops] = [need, ...wayTo(need, task.id), task.id].map((id) => places.get(id) ?? { x: 0, y: 0 })
    if (from === undefined) return []
    let last = { x: from.x + wide, y: from.y }
    const curves = stops.map((stop, index) => {
      const bend = (stop.x - last.x) / 2
      const curve = `C${last.x + bend},${last.y} ${stop.x - bend},${stop.y} ${stop.x},${stop.y}`
      last = { x: stop.x + wide, y: stop.y }
      return index === stops.length - 1 ? curve : `${curve} H${last.x}`
    })
    return [html`<path class="${kind}" d="M${from.x + wide},${from.y} ${curves.join(' ')}"/>`]
  })

const labelOf = (id: TaskId): string => (id.length > LABEL ? `${id.slice(0, LABEL - 1)}…` : id)

function node(task: Task, { wide, places }: Drawing, style: NodeStyle, href: string): Html {
  const { x, y } = places.get(task.id) ?? { x: 0, y: 0 }
  const { sign, words } = SIGNS[style]
  const id = `node-${task.id}`
  return piece(
    id,
    html`<a id="${id}" href="${href}" data-task="${task.id}" data-state="${style}"><title>${task.id}: ${task.title} (${words})</title>
<rect x="${x}" y="${y - HEIGHT / 2}" width="${wide}" height="${HEIGHT}" rx="${task.kind === 'gate' ? HEIGHT / 2 : 6}"/><text x="${x + SIGN_AT}" y="${y + 5}" class="sign">${sign}</text><text x="${x + LABEL_AT}" y="${y + 5}">${labelOf(task.id)}</text></a>`,
  )
}
