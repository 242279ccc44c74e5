import type { Sources } from '../../ports/sources.ts'
import { data } from './quote.ts'

/** What anybody would look at first, read without a model: the same for all explorers. */
export interface FirstLook {
  paths: string[]
  more: boolean
  files: { path: string; text: string }[]
}

const MOST_PATHS = 3000
const SHOWN_PATHS = 150
const FILE = 4000

/** Files at the top that say how a repository is built and checked. */
const TELLING: readonly RegExp[] = [
  /^readme(?:\.\w+)?$/i,
  /^(?:package|deno|composer)\.jsonc?$/,
  /^(?:pyproject|Cargo|Pipfile)(?:\.toml)?$/,
  /^(?:go\.mod|pom\.xml|build\.gradle(?:\.kts)?|Gemfile|mix\.exs|tox\.ini|setup\.cfg)$/,
  /^(?:[Mm]akefile|[Jj]ustfile|Taskfile\.ya?ml)$/,
]
const MOST_FILES = 6

export async function firstLook(sources: Sources): Promise<FirstLook> {
  const { paths, more } = await sources.list('**', MOST_PATHS)
  const telling = TELLING.flatMap((name) => paths.filter((path) => name.test(path))).slice(0, MOST_FILES)
  const read = await Promise.all(telling.map(async (path) => ({ path, file: await sources.read(path) })))
  const files = read.flatMap(({ path, file }) => (file === null || file.binary ? [] : [{ path, text: file.text }]))
  return { paths, more, files }
}

export const firstLookInWords = ({ paths, more, files }: FirstLook, nonce: string): string =>
  [
    `# A first look at the repository (${paths.length}${more ? ' and more' : ''} files)`,
    data('paths', outline(paths).join('\n'), nonce),
    ...files.map(({ path, text }) => data(`file ${path}`, text, nonce, FILE)),
  ].join('\n\n')

/** All paths where they are few, else the folders with the number of files in each, the files at the top among them. */
function outline(paths: readonly string[]): string[] {
  if (paths.length <= SHOWN_PATHS) return [...paths]
  const counts = new Map<string, number>()
  for (const path of paths) {
    const parts = path.split('/')
    const folder = parts.length === 1 ? path : `${parts.slice(0, Math.min(3, parts.length - 1)).join('/')}/`
    counts.set(folder, (counts.get(folder) ?? 0) + 1)
  }
  const lines = [...counts].map(([folder, count]) => (folder.endsWith('/') ? `${folder} (${count})` : folder))
  return lines.slice(0, SHOWN_PATHS)
}
