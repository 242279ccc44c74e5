import type { Quotes } from '../../prompts/quote.ts'
import { FEW_PATHS, type RepositoryOverview, rankedFolders } from './overview.ts'

const MOST_OF_FILE = 4000
const MOST_PACKAGES = 40
const MOST_FILES = 50
const MOST_FOLDERS = 80
const MOST_NAMED = 30

/** The overview for a prompt: all paths if they are few; else what matters most for the issue, and what was left out. */
export function overviewText(overview: RepositoryOverview, quotes: Quotes): string {
  const { paths, more, files } = overview
  return [
    `# A first look at the repository (${paths.length}${more ? ' and more' : ''} files)`,
    ...(paths.length <= FEW_PATHS ? [quotes.data('paths', paths.join('\n'))] : rankedOutline(overview, quotes)),
    ...files.map(({ path, text }) => quotes.data(`file ${path}`, text, MOST_OF_FILE)),
  ].join('\n\n')
}

function rankedOutline({ paths, weights, packages }: RepositoryOverview, quotes: Quotes): string[] {
  const counts = folderCounts(paths)
  const line = (folder: string) => `${folder} (${counts.get(folder) ?? 0})`
  const filesIn = (folder: string) => paths.filter((path) => path.startsWith(folder)).length
  const rankedPackages = rankedFolders(packages, paths, weights)
  const folders = rankedFolders([...counts.keys()], paths, weights, (path) => [folderOf(path)])
  const out = folders.slice(MOST_FOLDERS)
  return [
    RANKED,
    ...(packages.length === 0
      ? []
      : [
          'Packages of this workspace, with their files:',
          quotes.data(
            'packages',
            some(rankedPackages, MOST_PACKAGES, (one) => `${one} (${filesIn(one)})`),
          ),
        ]),
    'Files:',
    quotes.data('paths', heaviest(paths, weights).join('\n')),
    'Folders, with the files that lie in each:',
    quotes.data('folders', folders.slice(0, MOST_FOLDERS).map(line).join('\n')),
    ...(out.length === 0
      ? []
      : [
          `Left out: ${out.length} more folders with ${out.reduce((sum, folder) => sum + (counts.get(folder) ?? 0), 0)} files, of which nothing speaks for this issue so much:`,
          quotes.data(
            'left out',
            some(out, MOST_NAMED, (folder) => folder),
          ),
        ]),
  ]
}

const RANKED =
  'It is too large to be shown whole. What follows is ranked by the words of the issue, by what other files import, and by what changed lately.'

const some = (all: readonly string[], most: number, line: (one: string) => string): string =>
  [...all.slice(0, most).map(line), ...(all.length > most ? [`and ${all.length - most} more`] : [])].join('\n')

const MOST_LEVELS = 3

/** The folder of a path, at most three levels down; empty at the top. */
const folderOf = (path: string): string =>
  path
    .split('/')
    .slice(0, -1)
    .slice(0, MOST_LEVELS)
    .map((part) => `${part}/`)
    .join('')

function folderCounts(paths: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const folder of paths.map(folderOf)) if (folder !== '') counts.set(folder, (counts.get(folder) ?? 0) + 1)
  return counts
}

const heaviest = (paths: readonly string[], weights: ReadonlyMap<string, number>): string[] =>
  paths
    .filter((path) => (weights.get(path) ?? 0) > 0 || !path.includes('/'))
    .toSorted((a, b) => (weights.get(b) ?? 0) - (weights.get(a) ?? 0) || (a < b ? -1 : 1))
    .slice(0, MOST_FILES)
