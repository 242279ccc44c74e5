import { tokensOf } from '../../core/money/usage.ts'
import type { TranscriptBlock, TranscriptLine } from '../../core/slots/transcript.ts'
import { commandText, withoutColours } from '../markdown/code.ts'
import { bounded } from '../markdown/escape.ts'
import { byteLength, headAndTail } from '../markdown/fit.ts'
import { clockTime, count, duration } from '../markdown/format.ts'
import { failureLine } from '../status/task-failure.ts'
import { type Html, html, piece } from './html.ts'
import { plain } from './plain.ts'

/** Bytes of one text, and of all together: the newest ones are shown. */
const [LONGEST, MOST] = [6_000, 250_000]
/** Characters of the first line of a text that is folded. */
const TITLE = 120

type Result = Extract<TranscriptBlock, { kind: 'result' }>
type Call = Extract<TranscriptBlock, { kind: 'call' }>

/** What an agent and its tools did, step by step; inputs and outputs are folded. */
export function transcriptHtml(lines: readonly TranscriptLine[]): Html {
  const results = new Map(
    lines.flatMap(blocksIn).flatMap((block) => (block.kind === 'result' ? [[block.id, block]] : [])),
  )
  const steps: Html[] = []
  let [left, bytes] = [lines.length, 0]
  // From the end, so that of a long one only what is shown is made.
  for (const line of lines.toReversed()) {
    const shown = stepOf(line, results)
    bytes += shown === null ? 0 : byteLength(shown.text)
    if (bytes > MOST) break
    left -= 1
    const id = `step-${left}`
    if (shown !== null) steps.unshift(piece(id, html`<li id="${id}">${shown}</li>`))
  }
  return html`${left > 0 && html`<p class="lead">${count(left, 'earlier step')} left out.</p>`}<ol class="transcript">${steps}</ol>`
}

const blocksIn = (line: TranscriptLine): readonly TranscriptBlock[] => (line.kind === 'turn' ? line.blocks : [])

/** Null: there is nothing to see, as in a message that holds results only, which stand with their calls. */
function stepOf(line: TranscriptLine, results: ReadonlyMap<string, Result>): Html | null {
  switch (line.kind) {
    case 'turn':
      return line.role === 'assistant' ? answer(line, results) : message(line.blocks)
    case 'baseline':
      return folded(html`Before the work: <code>${commandText(line.argv)}</code>`, ended(line), line.log)
    case 'agent':
      return folded(html`The agent`, ended(line), line.log)
    case 'check':
      return folded(
        html`Acceptance at ${clockTime(line.at)}`,
        line.failure === null ? 'passed' : plain(failureLine(line.failure)),
        line.log,
        line.putBack.length > 0 && html`<p>Restored: ${line.putBack.join(', ')}</p>`,
      )
    case 'cut':
      return html`<p class="lead">The transcript ends here: ${line.detail}.</p>`
  }
}

const ended = ({ exitCode, timedOut, seconds }: { exitCode: number; timedOut: boolean; seconds: number }): string =>
  `${timedOut ? 'timed out' : `exit code ${exitCode}`} after ${duration(seconds)}`

function answer(
  { turn, at, seconds, usage, blocks }: Extract<TranscriptLine, { role: 'assistant' }>,
  results: ReadonlyMap<string, Result>,
): Html {
  const tokens = usage === null ? '' : ` · ${count(tokensOf(usage), 'token')}`
  return html`<h3>Turn ${turn} <span class="lead">${clockTime(at)} · ${duration(seconds)}${tokens}</span></h3>${blocks.map(
    (block) => {
      if (block.kind === 'text') return html`<p class="words">${short(block.text)}</p>`
      return block.kind === 'call' ? call(block, results.get(block.id)) : ''
    },
  )}`
}

/** What the agent was told besides results: its brief, reminders, words of people. */
function message(blocks: readonly TranscriptBlock[]): Html | null {
  const texts = blocks.flatMap((block) => (block.kind === 'text' ? [block.text] : []))
  return texts.length === 0 ? null : html`${texts.map((text) => folded(html`Told`, titleOf(text), text))}`
}

function call({ name, input }: Call, result: Result | undefined): Html {
  const state = result === undefined ? 'runs' : result.failed ? 'failed' : 'done'
  return html`<details class="call"><summary><code>${name}</code> ${titleOf(mainOf(input))} <span class="call-${state}">${SIGN[state]} ${state}</span></summary>
<pre tabindex="0">${short(textOf(input))}</pre>${result !== undefined && html`<pre tabindex="0">${shownOutput(result.text)}</pre>`}</details>`
}

const SIGN = { runs: '▶', failed: '✕', done: '✓' } as const

const folded = (name: Html, state: string, text: string, more: Html | false = false): Html =>
  html`<details class="call"><summary>${name} <span class="lead">${state}</span></summary>${more}<pre tabindex="0">${shownOutput(text)}</pre></details>`

const shownOutput = (text: string): string => (text.trim() === '' ? '(nothing)' : short(withoutColours(text)))

const short = (text: string): string => headAndTail(text, LONGEST)

const titleOf = (text: string): string => bounded((text.trim().split('\n', 1)[0] ?? '').slice(0, 2 * TITLE), TITLE)

/** What tells one call of a tool from another: its path, its command or what else it names first. */
function mainOf(input: unknown): string {
  if (typeof input !== 'object' || input === null) return textOf(input)
  const first = Object.values(input).find((value) => typeof value === 'string' || Array.isArray(value))
  return Array.isArray(first) ? first.filter((word) => typeof word === 'string').join(' ') : `${first ?? ''}`
}

/** JSON for people: texts as they are, so that code keeps its lines. */
function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `${value}`
  if (Array.isArray(value)) return value.map(textOf).join('\n')
  return Object.entries(value)
    .map(([name, item]) => {
      const text = textOf(item)
      return text.includes('\n') ? `${name}:\n${text}` : `${name}: ${text}`
    })
    .join('\n')
}
