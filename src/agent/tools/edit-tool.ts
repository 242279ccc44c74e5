import { z } from 'zod'
import type { Edited } from '../../ports/sources.ts'
import { reasonOf } from './change-failures.ts'
import { linesOf } from './line-view.ts'
import { type Tool, tool, toolError, toolText } from './tool.ts'
import { type ToolContext, whyNotWritable } from './tool-access.ts'

/** Characters; a longer text is generated, and a command should write it. */
export const LONGEST_TEXT = 60_000
const MOST_EDITS = 50

const inputSchema = z.strictObject({
  path: z.string(),
  edits: z
    .array(
      z.strictObject({
        old: z.string().describe('the text as it stands in the file now, once'),
        new: z.string().describe('what takes its place; empty: nothing'),
      }),
    )
    .min(1)
    .max(MOST_EDITS),
})
type WantedEdits = z.infer<typeof inputSchema>['edits']

/** Replaces pieces of one file. */
export const editTool = (context: ToolContext): Tool =>
  tool(
    {
      name: 'edit',
      description: `Replaces pieces of a text file. For changes to a file that is there; write replaces it as a whole. Each \`old\` must stand in the file exactly once, character for character, without line numbers: take in as many lines around it as that needs. The edits of a call are made one after the other, all of them or none. At most ${MOST_EDITS} edits a call and ${LONGEST_TEXT} characters a text. Example: {"path": "src/http.ts", "edits": [{"old": "retries = 1", "new": "retries = 3"}]}`,
      kind: 'change',
      input: inputSchema,
    },
    async ({ path, edits }) => {
      const why = whyNotWritable(path, context) ?? whyNoEdits(edits)
      if (why !== null) return toolError(`Nothing was changed: ${why}`)
      const edited = await context.files.replace(
        path,
        edits.map(({ old, new: by }) => ({ old, by })),
      )
      return edited.ok ? toolText(`${path} is changed`) : toolError(await explained(context, path, edits, edited))
    },
  )

function whyNoEdits(edits: WantedEdits): string | null {
  for (const [index, { old, new: by }] of edits.entries()) {
    const why = whyNoEdit(old, by)
    if (why !== null) return inEdit(edits, index, why)
  }
  return null
}

function whyNoEdit(old: string, by: string): string | null {
  if (old === '') return '`old` is empty; for a new file use write'
  if (old === by) return '`old` and `new` are the same'
  if (old.length > LONGEST_TEXT) return tooLongText('old', old)
  return by.length > LONGEST_TEXT ? tooLongText('new', by) : null
}

export const tooLongText = (name: string, text: string): string =>
  `\`${name}\` has ${text.length} characters, ${LONGEST_TEXT} are allowed`

const inEdit = ({ length }: WantedEdits, index: number, why: string): string =>
  length === 1 ? why : `edit ${index + 1} of ${length}: ${why}`

async function explained(
  { files }: ToolContext,
  path: string,
  edits: WantedEdits,
  failed: Extract<Edited, { ok: false }>,
): Promise<string> {
  const { why, edit = 0 } = failed
  const told = (reason: string) => `Nothing was changed: ${inEdit(edits, edit, reason)}`
  if (why !== 'not-found' && why !== 'not-unique') return `Nothing was changed: ${reasonOf(failed)}`
  const file = await files.read(path)
  const old = edits[edit]?.old ?? ''
  if (file === null || file.binary) return told(reasonOf(failed))
  // A text that is there once before the edits was changed or doubled by one of them.
  if (file.text.split(old).length === 2) return told('an edit before it changes or repeats that text')
  return told(why === 'not-found' ? nearestHint(file.text, old) : countHint(file.text, old))
}

/** A hint for `old` that is not in the file: mostly it differs in white space only, or its first line is right. */
function nearestHint(text: string, old: string): string {
  if (text.includes('\r\n') && text.replaceAll('\r\n', '\n').includes(old))
    return '`old` does not stand in the file as it is: the lines of this file end in CR LF, those of `old` in LF. Write \\r\\n in `old` and `new`, or take a piece inside one line'
  const lines = linesOf(text)
  const wanted = linesOf(old)
  const start = startOf(lines, wanted)
  if (start >= 0) {
    const found = lines.slice(start, start + wanted.length).join('\n')
    return `\`old\` does not stand in the file, but lines ${start + 1}-${start + wanted.length} differ from it in white space only. They are:\n${found}`
  }
  const first = wanted.find((line) => line.trim() !== '') ?? ''
  const near = lines.findIndex((line) => normalized(line) === normalized(first))
  return near < 0
    ? '`old` does not stand in the file, nor does its first line; view the file first'
    : `\`old\` does not stand in the file. Its first line is line ${near + 1}, what follows differs; view the lines from there`
}

/** A hint for `old` that is in the file more than once. */
function countHint(text: string, old: string): string {
  const places: number[] = []
  for (let at = text.indexOf(old); at >= 0; at = text.indexOf(old, at + 1)) places.push(at)
  const lines = places.slice(0, PLACES_SHOWN).map((at) => text.slice(0, at).split('\n').length)
  const more = places.length > PLACES_SHOWN ? ' and more' : ''
  return `\`old\` stands in the file ${places.length} times (line ${lines.join(', ')}${more}); take in more lines around it`
}

const PLACES_SHOWN = 5

const normalized = (line: string): string => line.replace(/\s+/g, ' ').trim()

function startOf(lines: readonly string[], wanted: readonly string[]): number {
  if (wanted.every((line) => line.trim() === '')) return -1
  return lines.findIndex((_, start) =>
    wanted.every((line, index) => normalized(lines[start + index] ?? '\0') === normalized(line)),
  )
}
