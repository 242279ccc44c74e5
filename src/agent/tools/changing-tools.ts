import { z } from 'zod'
import { reasonOf } from './change-failures.ts'
import { editTool, LONGEST_TEXT, tooLongText } from './edit-tool.ts'
import { type Tool, type ToolText, tool, toolError, toolText } from './tool.ts'
import { type ToolContext, whyNotPath, whyNotWritable } from './tool-access.ts'

/** Files that one call may delete or move. */
const MOST_FILES = 500

/** edit, write, delete, move: tools that change files, within the task's paths only. */
export const changingTools = (context: ToolContext): Tool[] => [
  editTool(context),
  writeTool(context),
  deleteTool(context),
  moveTool(context),
]

const writeTool = (context: ToolContext): Tool =>
  tool(
    {
      name: 'write',
      description: `Writes a whole text file: makes it with its folders, or replaces what is there and keeps its mode. For new files, and where most of a file changes; for a few lines use edit. At most ${LONGEST_TEXT} characters; what is longer, a command should generate. Example: {"path": "src/retry.ts", "text": "export const retries = 3\\n"}`,
      kind: 'change',
      input: z.strictObject({ path: z.string(), text: z.string() }),
    },
    async ({ path, text }) => {
      const why = whyNotWritable(path, context) ?? (text.length > LONGEST_TEXT ? tooLongText('text', text) : null)
      if (why !== null) return toolError(`Nothing was written: ${why}`)
      const written = await context.files.write(path, text)
      return written.ok ? toolText(`${path} is written`) : toolError(`Nothing was written: ${reasonOf(written)}`)
    },
  )

const deleteTool = (context: ToolContext): Tool =>
  tool(
    {
      name: 'delete',
      description: `Deletes a file, or a folder with all that git does not ignore in it, at most ${MOST_FILES} files. A symbolic link is deleted itself, never what it leads to. All of it must lie in the paths that the task may change. Look for what still uses it first. Example: {"path": "src/old-client.ts"}`,
      kind: 'change',
      input: z.strictObject({ path: z.string() }),
    },
    async ({ path }) => {
      const found = await affected(context, path)
      if ('why' in found) return toolError(`Nothing was deleted: ${found.why}`)
      return doneWith(found.paths, 'deleted', (one) => context.files.remove(one))
    },
  )

const moveTool = (context: ToolContext): Tool =>
  tool(
    {
      name: 'move',
      description: `Moves or renames a file, or a folder with all that git does not ignore in it, at most ${MOST_FILES} files. A symbolic link is moved itself, with its target as it stands. Both places must lie in the paths that the task may change, and nothing may be at the new one. Imports and other mentions of it are yours to change. Example: {"from": "src/http.ts", "to": "src/net/http.ts"}`,
      kind: 'change',
      input: z.strictObject({ from: z.string(), to: z.string() }),
    },
    async ({ from, to }) => {
      const target = (path: string) => `${to}${path.slice(from.length)}`
      const found = await affected(context, from)
      if ('why' in found) return toolError(`Nothing was moved: ${found.why}`)
      const why = whyNotPath(to) ?? firstOf(found.paths, (path) => whyNotWritable(target(path), context))
      if (why !== null) return toolError(`Nothing was moved: ${why}`)
      if ((await context.files.at(to)).length > 0) return toolError(`Nothing was moved: there is something at ${to}`)
      return doneWith(found.paths, 'moved', (one) => context.files.move(one, target(one)))
    },
  )

/** The files at or below a path, all of which the task may change; or why not, before any of them is touched. */
async function affected(context: ToolContext, path: string): Promise<{ paths: string[] } | { why: string }> {
  const invalid = whyNotPath(path)
  if (invalid !== null) return { why: whyNotWritable(path, context) ?? invalid }
  const paths = await context.files.at(path)
  if (paths.length === 0)
    return { why: whyNotWritable(path, context) ?? 'there is nothing at that path; list shows what there is' }
  if (paths.length > MOST_FILES) return { why: `there are ${paths.length} files, and ${MOST_FILES} are allowed a call` }
  const why = firstOf(paths, (one) => whyNotWritable(one, context))
  return why === null ? { paths } : { why }
}

function firstOf(paths: readonly string[], why: (path: string) => string | null): string | null {
  for (const path of paths) {
    const found = why(path)
    if (found !== null) return found
  }
  return null
}

const SHOWN = 5

async function doneWith(
  paths: readonly string[],
  what: 'deleted' | 'moved',
  act: (path: string) => ReturnType<ToolContext['files']['remove']>,
): Promise<ToolText> {
  const failed: string[] = []
  for (const path of paths) {
    const done = await act(path)
    if (!done.ok) failed.push(`${path}: ${reasonOf(done)}`)
  }
  const count = paths.length - failed.length
  const done = `${count} ${count === 1 ? 'file is' : 'files are'} ${what}`
  if (failed.length === 0) return toolText(done)
  const more = failed.length > SHOWN ? [`and ${failed.length - SHOWN} more`] : []
  return toolError([`${done}, ${failed.length} not:`, ...failed.slice(0, SHOWN), ...more].join('\n'))
}
