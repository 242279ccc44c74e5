import { z } from 'zod'
import type { EditFailure } from '../../ports/sources.ts'
import { linesOf } from './line-view.ts'
import { type Tool, tool, toolError, toolText } from './tool.ts'
import { type ToolContext, whyNotWritable } from './tool-access.ts'

/** Characters; a longer text is generated, and a command should write it. */
const LONGEST_TEXT = 60_000

/** edit, create: tools that change files, within the task's paths only. */
export const changingTools = (context: ToolContext): Tool[] => [editTool(context), createTool(context)]

const editTool = (context: ToolContext): Tool =>
  tool(
    {
      name: 'edit',
      description:
        'Replaces a piece of a file. `old` must stand in it exactly once, character for character, without line numbers: take in as many lines around it as that needs.',
      kind: 'change',
      input: z.strictObject({ path: z.string(), old: z.string(), new: z.string() }),
    },
    async ({ path, old, new: replacement }) => {
      const why = whyNotWritable(path, context) ?? whyNoEdit(old, replacement)
      if (why !== null) return toolError(`Nothing was changed: ${why}`)
      const edited = await context.files.replace(path, old, replacement)
      return edited.ok ? toolText(`${path} is changed`) : toolError(await explainFailure(context, path, old, edited))
    },
  )

const createTool = (context: ToolContext): Tool =>
  tool(
    {
      name: 'create',
      description: `Makes a new file, with its folders. At most ${LONGEST_TEXT} characters; a file that is there is changed with edit.`,
      kind: 'change',
      input: z.strictObject({ path: z.string(), text: z.string() }),
    },
    async ({ path, text }) => {
      const why = whyNotWritable(path, context) ?? (text.length > LONGEST_TEXT ? tooLong('text', text) : null)
      if (why !== null) return toolError(`Nothing was created: ${why}`)
      const made = await context.files.create(path, text)
      return made.ok
        ? toolText(`${path} is created`)
        : toolError(`Nothing was created: ${REASONS[made.why]}${inParentheses(made.detail)}`)
    },
  )

function whyNoEdit(old: string, replacement: string): string | null {
  if (old === '') return '`old` is empty; for a new file use create'
  if (old === replacement) return '`old` and `new` are the same'
  if (old.length > LONGEST_TEXT) return tooLong('old', old)
  return replacement.length > LONGEST_TEXT ? tooLong('new', replacement) : null
}

const tooLong = (name: string, text: string): string =>
  `\`${name}\` has ${text.length} characters, ${LONGEST_TEXT} are allowed`

async function explainFailure(
  { files }: ToolContext,
  path: string,
  old: string,
  { why, detail }: { why: EditFailure; detail: string },
): Promise<string> {
  const reason = `Nothing was changed: ${REASONS[why]}${inParentheses(detail)}`
  if (why !== 'not-found' && why !== 'not-unique') return reason
  const file = await files.read(path)
  if (file === null || file.binary) return reason
  return `Nothing was changed: ${why === 'not-found' ? nearestHint(file.text, old) : countHint(file.text, old)}`
}

const inParentheses = (detail: string): string => (detail === '' ? '' : ` (${detail})`)

const REASONS: Readonly<Record<EditFailure, string>> = {
  'outside-the-folder': 'the path leads out of the repository',
  'no-such-file': 'there is no such file; list shows what there is, create makes a new one',
  'not-a-file': 'that is no file',
  symlink: 'a symbolic link is on the way, and links are never followed',
  'hard-link': 'the file has a second name somewhere (a hard link), so it is left alone',
  'not-text': 'that is no text in UTF-8',
  exists: 'there is something of that name already; change a file with edit',
  'not-found': '`old` does not stand in the file; view it first',
  'not-unique': '`old` stands in the file more than once; take in more lines around it',
  ignored:
    'git ignores that path, so the file would be no part of your work; take a path that no .gitignore names, or leave it to a command to make it',
  'too-large': 'that is larger than a file may be',
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
