import { z } from 'zod'
import { validGlob } from '../../core/plan/glob.ts'
import { listed } from '../../core/text/quoted.ts'
import type { Readable, Sources } from '../../ports/sources.ts'
import { viewOf } from './line-view.ts'
import { linesAround, matchingFiles } from './search-view.ts'
import { type Tool, tool, toolError, toolText } from './tool.ts'
import { whyNotPath } from './tool-access.ts'

/** Limits of one tool result. */
const MOST_MATCHES = 100
/** Matching lines that are looked at for the files that have them. */
const MOST_COUNTED = 5000
const MOST_CONTEXT = 10
const MOST_PATHS = 300
const MOST_COMMITS = 30

/** view, search, list: read-only tools. */
export const fileTools = (files: Readable): Tool[] => [viewTool(files), searchTool(files), listTool(files)]

/** The same and log, for those who read a commit that has its history. A slot's work tree has none. */
export const readingTools = (sources: Sources): Tool[] => [...fileTools(sources), logTool(sources)]

const globInput = z.string().describe('such as `src/**/*.ts`')

const viewTool = (sources: Readable): Tool =>
  tool(
    {
      name: 'view',
      description:
        'Shows a text file with line numbers, whole or from one line to another. Look at a file before you change it. A long file is shown in parts: give the lines, which search tells. Example: {"path": "src/http.ts", "from": 40, "to": 90}',
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

const searchTool = (sources: Readable): Tool =>
  tool(
    {
      name: 'search',
      description: `Finds lines in the files that git does not ignore, at most ${MOST_MATCHES}, or the files that have such lines. For names, callers and texts. Patterns look at one line at a time; look-around and back-references are not understood. Example: {"pattern": "sendRequest\\\\(", "literal": false, "ignore_case": false, "glob": "src/**/*.ts", "context": 2, "files_only": false}`,
      kind: 'read',
      input: z.strictObject({
        pattern: z.string().min(1),
        literal: z.boolean().describe('true: the text itself; false: an extended regular expression'),
        ignore_case: z.boolean(),
        glob: globInput.nullable().describe('which files, such as `src/**/*.ts`; null: all'),
        context: z.int().min(0).max(MOST_CONTEXT).describe('lines to show around each match'),
        files_only: z.boolean().describe('true: the paths with their number of matching lines, no lines'),
      }),
    },
    async ({ pattern, literal, ignore_case, glob, context, files_only }) => {
      const why = glob === null ? null : validGlob(glob)
      if (why !== null) return toolError(`The glob is not understood: ${why}`)
      const most = files_only ? MOST_COUNTED : MOST_MATCHES
      const found = await sources.search(pattern, { literal, ignoreCase: ignore_case, glob, most })
      if (!found.ok) return toolError(found.why)
      const lines = files_only
        ? matchingFiles(found.lines)
        : await linesAround(sources, found.lines.slice(0, most), context)
      return toolText(page(lines, found.more, 'No line matches', 'More lines match: narrow the search'))
    },
  )

const listTool = (sources: Readable): Tool =>
  tool(
    {
      name: 'list',
      description: `Lists the paths of files that a glob matches, at most ${MOST_PATHS}, without what git ignores. To learn how a folder is laid out. Example: {"glob": "src/http/**"}`,
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
      description: `Shows the newest commits, at most ${MOST_COMMITS}, of one path or of all, with their subjects. To learn how and in which style something was changed. Example: {"path": "src/http.ts"}`,
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
