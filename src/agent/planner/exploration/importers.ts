/** A line that may import something, in most languages, as a pattern for a search. */
export const IMPORT_LINE = `^\\s*(import|export|from|use|require|#include)\\b|(require|import)\\(|\\bfrom ['"]`

/** What a line names as imported: a text in quotes or brackets, or words with dots, slashes or colons. */
const QUOTED = /['"<]([^'"<>\s]+)['">]/
const DOTTED = /^\s*(?:import(?: static)?|from|use)\s+([\w.:/]+)/

const EXTENSION = /\.[A-Za-z0-9]+$/
const INDEX = /\/(?:index|__init__|mod)$/

/** A file that imports another one. */
interface Import {
  from: string
  path: string
}

/** What the lines import of the paths; by names alone, so that some are missed and some found twice. */
export function importsIn(lines: readonly { path: string; text: string }[], paths: readonly string[]): Import[] {
  const byName = new Map<string, string[]>()
  const module = new Map(paths.map((path) => [path, path.replace(EXTENSION, '').replace(INDEX, '')]))
  for (const path of paths) {
    const name = lastPart(module.get(path) ?? path)
    byName.set(name, [...(byName.get(name) ?? []), path])
  }
  return lines.flatMap(({ path: from, text }) => {
    const wanted = moduleIn(text)
    if (wanted === null) return []
    const found = (byName.get(lastPart(wanted)) ?? []).filter(
      (path) => path !== from && `/${module.get(path)}`.endsWith(`/${wanted}`),
    )
    // A name that many files have says nothing of any of them.
    return found.length === 1 ? found.map((path) => ({ from, path })) : []
  })
}

/** How many lines import each path. */
export function importersOf(
  lines: readonly { path: string; text: string }[],
  paths: readonly string[],
): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { path } of importsIn(lines, paths)) counts.set(path, (counts.get(path) ?? 0) + 1)
  return counts
}

const lastPart = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** The end of the path that a line imports, without what leads up to it; null: none. */
function moduleIn(text: string): string | null {
  const named = QUOTED.exec(text)?.[1] ?? DOTTED.exec(text)?.[1]?.replace(/\.|::/g, '/')
  const path = named
    ?.replace(/^(?:\.{0,2}\/|[@~]\/)+/, '')
    .replace(/\.(?:[cm]?[jt]sx?|h|hpp|py|rb|php)$/, '')
    .replace(INDEX, '')
  return path === undefined || path === '' ? null : path
}
