import { z } from 'zod'
import { validGlob } from '../../core/plan/glob.ts'
import { listed } from '../../core/text/quoted.ts'
import type { Sources } from '../../ports/sources.ts'
import { shortLine, viewOf } from './line-view.ts'
import { type Tool, tool, toolError, toolText } from './tool.ts'
import { whyNotPath } from './tool-access.ts'

/** Limits of one tool result; `LONGEST_MATCH`: characters of one matching line. */
const MOST_MATCHES = 100
const MOST_PATHS = 300
const MOST_COMMITS = 30
const LONGEST_MATCH = 300

/** view, search, list, log: read-only tools. */
export const readingTools = (sources: Sources): Tool[] => [
  viewTool(sources),
  searchTool(sources),
  listTool(sources),
  logTool(sources),
]

const globInput = z.string().describe('such as `src/**/*.ts`')

const viewTool = (sources: Sources): Tool =>
  tool(
    {
      name: 'view',
      description: 'Shows a text file with line numbers. A long file is shown in parts: give the lines.',
      kind: 'read',
      input: z.strictObject({
        path: z.string(),
        from: z.int().min(1).nullable().describe('first line; null: the first one'),
        to: z.int().min(1).nullable().describe('last line; null: as many as fit'),
      }),
    },
    async ({ path, from, to }) => {
      const why = whyNotPath(path)
      if (why !== null) return toolError(why)
      const file = await sources.read(path)
      if (file === null)
        return toolError(`There is no file ${listed([path])} that can be read; list shows what there is`)
      if (file.binary) return toolText(`${path} is a binary file of ${file.bytes} bytes`)
      return viewOf(path, file.text, from ?? 1, to)
    },
  )

const searchTool = (sources: Sources): Tool =>
  tool(
    {
      name: 'search',
      description: `Finds lines in the files, at most ${MOST_MATCHES}.`,
      kind: 'read',
      input: z.strictObject({
        pattern: z.string().min(1),
        literal: z.boolean().describe('true: the text itself; false: an extended regular expression'),
        glob: globInput.nullable().describe('which files, such as `src/**/*.ts`; null: all'),
      }),
    },
    async ({ pattern, literal, glob }) => {
      const why = glob === null ? null : validGlob(glob)
      if (why !== null) return toolError(`The glob is not understood: ${why}`)
      const found = await sources.search(pattern, { literal, glob, most: MOST_MATCHES })
      if (!found.ok) return toolError(found.why)
      const lines = found.lines
        .slice(0, MOST_MATCHES)
        .map(({ path, line, text }) => `${path}:${line}: ${shortLine(text, LONGEST_MATCH)}`)
      return toolText(page(lines, found.more, 'No line matches', 'More lines match: narrow the search'))
    },
  )

const listTool = (sources: Sources): Tool =>
  tool(
    {
      name: 'list',
      description: `Lists the paths that a glob matches, at most ${MOST_PATHS}.`,
      kind: 'read',
      input: z.strictObject({ glob: globInput }),
    },
    async ({ glob }) => {
      const why = validGlob(glob)
      if (why !== null) return toolError(`The glob is not understood: ${why}`)
      const { paths, more } = await sources.list(glob, MOST_PATHS)
      return toolText(page(paths.slice(0, MOST_PATHS), more, 'No path matches', 'More paths match: narrow the glob'))
    },
  )

const logTool = (sources: Sources): Tool =>
  tool(
    {
      name: 'log',
      description: `Shows the newest commits, at most ${MOST_COMMITS}, of one path or of all.`,
      kind: 'read',
      input: z.strictObject({ path: z.string().nullable().describe('null: the whole repository') }),
    },
    async ({ path }) => {
      const why = path === null ? null : whyNotPath(path)
      if (why !== null) return toolError(why)
      const lines = await sources.log(path, MOST_COMMITS)
      return toolText(page(lines.slice(0, MOST_COMMITS), false, 'No history is known here', ''))
    },
  )

const page = (lines: readonly string[], more: boolean, none: string, note: string): string =>
  [...(lines.length === 0 ? [none] : lines), ...(more ? [`… ${note}`] : [])].join('\n')
