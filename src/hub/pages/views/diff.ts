import { count } from '../../../render/markdown/format.ts'
import { type Html, html } from '../../../render/page/html.ts'
import { type FileChange, fileChangesBetween } from '../../git/changes.ts'
import type { World } from '../../world.ts'
import { rawDiff } from '../raw.ts'

/** Lines of all files, so that a page stays readable and quick. */
const MOST_LINES = 4000
/** Characters of a line: that of a packed file can have millions. */
const LONGEST_LINE = 2000
/** Longer files are folded. */
const OPEN_LINES = 400

/** Bytes of all patches. */
const MOST_BYTES = 1_000_000
const MOST_FILES = 300

const MOST_KEPT = 30
/** Commits never change, and a page that is open asks for the same diff at each change of the hub. */
const kept = new Map<string, Html>()

/** What changed between two commits, file by file; of a long change the beginning, with a link to the whole. */
export async function diffHtml(world: World, from: string, to: string): Promise<Html> {
  if (from === to || (await world.git.resolve(from)) === null || (await world.git.resolve(to)) === null)
    return html`<p class="lead">There is no change to show.</p>`
  const key = `${world.dataDir} ${from} ${to}`
  const known = kept.get(key)
  if (known !== undefined) return known
  const made = makeDiff(await fileChangesBetween(world.git, from, to, MOST_BYTES), from, to)
  if (kept.size >= MOST_KEPT) kept.clear()
  kept.set(key, made)
  return made
}

function makeDiff(changes: readonly FileChange[], from: string, to: string): Html {
  let [left, hidden] = [MOST_LINES, 0]
  const files = changes.slice(0, MOST_FILES).map((change) => {
    const lines = change.patch === '' ? [] : change.patch.split('\n')
    const shown = lines.slice(0, Math.max(0, left))
    const more = change.additions + change.deletions - shown.filter((line) => /^[+-]/.test(line)).length
    left -= shown.length
    hidden += more
    return fileHtml(change, shown, more)
  })
  const [added, removed] = [sum(changes, 'additions'), sum(changes, 'deletions')]
  const others = changes.length - files.length
  const whole = html`<p>Too long for a page, so only its beginning is shown: <a href="${rawDiff(from, to)}">the whole diff</a></p>`
  return html`<p>${count(changes.length, 'file')}, <span class="added">+${added}</span> <span class="removed">−${removed}</span>, from <code>${from.slice(0, 8)}</code> to <code>${to.slice(0, 8)}</code></p>
${hidden + others > 0 && whole}${files}${others > 0 && html`<p class="lead">${count(others, 'more file')}.</p>`}`
}

const sum = (changes: readonly FileChange[], of: 'additions' | 'deletions'): number =>
  changes.reduce((total, change) => total + change[of], 0)

function fileHtml(change: FileChange, lines: readonly string[], hidden: number): Html {
  return html`<details class="file" id="file-${change.path}"${lines.length <= OPEN_LINES && html` open`}><summary><code>${change.path}</code> <span class="lead">${change.status}</span> <span class="added">+${change.additions}</span> <span class="removed">−${change.deletions}</span></summary>
${
  lines.length > 0
    ? html`<div class="scroll" tabindex="0" role="region" aria-label="Diff of ${change.path}"><table class="diff"><thead class="hidden"><tr><th scope="col">Old line</th><th scope="col">New line</th><th scope="col">Text</th></tr></thead><tbody>${rows(lines)}</tbody></table></div>`
    : hidden === 0 && html`<p class="lead">No lines: an empty or binary file.</p>`
}${hidden > 0 && html`<p class="lead">${count(hidden, 'more changed line')}.</p>`}</details>
`
}

function rows(lines: readonly string[]): Html[] {
  let [old, fresh] = [0, 0]
  return lines.map((line) => {
    const text = (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line).replaceAll('\t', '    ')
    const start = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(line)
    if (start !== null) {
      ;[old, fresh] = [Number(start[1]), Number(start[2])]
      return html`<tr class="hunk"><td></td><td></td><td>${text}</td></tr>`
    }
    if (line.startsWith('+')) return html`<tr class="plus"><td></td><td>${fresh++}</td><td>${text}</td></tr>`
    if (line.startsWith('-')) return html`<tr class="minus"><td>${old++}</td><td></td><td>${text}</td></tr>`
    if (line.startsWith('\\')) return html`<tr><td></td><td></td><td>${text}</td></tr>`
    return html`<tr><td>${old++}</td><td>${fresh++}</td><td>${text}</td></tr>`
  })
}
