import { duration } from '../markdown/format.ts'
import { type Span, slotsIn } from '../timeline/spans.ts'
import { type Html, html } from './html.ts'

const [ROW, LEFT, WIDTH, AXIS] = [26, 110, 1000, 22]
const TICKS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 86_400]

/** Lanes over time: people, the stages of the planner, then the slots. Empty without any span. */
export function lanesSvg(groups: readonly (readonly Span[])[]): Html | null {
  const spans = groups.flat()
  if (spans.length === 0) return null
  const rows = groups.flatMap((group) =>
    slotsIn(group).map((name) => ({ name, spans: group.filter(({ slot }) => slot === name) })),
  )
  const to = Math.max(...spans.map((span) => span.to), 1)
  const scale = (second: number): number => Math.round((LEFT + (second / to) * (WIDTH - LEFT - 10)) * 10) / 10
  const bottom = rows.length * ROW
  return html`<svg class="lanes" width="${WIDTH}" height="${bottom + AXIS}" viewBox="0 0 ${WIDTH} ${bottom + AXIS}" role="group" aria-label="Who worked when" data-from="${scale(0)}" data-to="${scale(to)}" data-seconds="${to}">
${ticks(to).map((second) => html`<line class="tick" x1="${scale(second)}" x2="${scale(second)}" y1="0" y2="${bottom}"/>${axisLabel(scale(second), bottom + 16, duration(second))}`)}
${rows.map(
  (
    { name, spans: own },
    index,
  ) => html`<text class="lane" x="0" y="${index * ROW + 17}">${name}</text>${own.map((span) => bar(span, index * ROW, scale))}
`,
)}
<line class="now" x1="${scale(to)}" x2="${scale(to)}" y1="0" y2="${bottom}"/>
</svg>`
}

/** Behind its tick, unless the drawing ends there. */
const axisLabel = (x: number, y: number, words: string): Html =>
  html`<text class="axis" x="${x}" y="${y}"${x + words.length * 7 > WIDTH && html` text-anchor="end"`}>${words}</text>`

function bar(span: Span, top: number, scale: (second: number) => number): Html {
  const [x, end] = [scale(span.from), scale(span.to)]
  const width = Math.max(2, end - x)
  const { acceptance } = span
  const checked = acceptance === undefined ? '' : `, ${duration(acceptance)} of it acceptance`
  const words = `${span.label}: ${duration(span.to - span.from)}${checked}, from ${duration(span.from)}${span.succeeded ? '' : ', failed'}${span.isCritical ? ', on the critical path' : ''}${span.cost === undefined ? '' : `; the task cost ${span.cost}`}`
  const last = acceptance === undefined ? end : scale(span.to - acceptance)
  const fits = span.label.length * 7 + 8 < Math.min(width, last - x)
  const kind = `${span.before === undefined ? '' : ` ${span.before}`}${span.succeeded ? '' : ' failed'}${span.isCritical ? ' critical' : ''}`
  return html`<g class="bar${kind}"><title>${words}</title><rect x="${x}" y="${top + 3}" width="${width}" height="${ROW - 6}" rx="3"/>${end - last >= 1 && html`<rect class="acceptance" x="${last}" y="${top + 3}" width="${Math.round((end - last) * 10) / 10}" height="${ROW - 6}" rx="3"/>`}${fits && html`<text x="${x + 4}" y="${top + 17}">${span.label}</text>`}</g>`
}

/** Eight at most, at round numbers of seconds. */
function ticks(to: number): number[] {
  const step = TICKS.find((each) => to / each <= 8) ?? to
  return Array.from({ length: Math.floor(to / step) + 1 }, (_, index) => index * step)
}
