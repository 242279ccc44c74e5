import { matches } from './glob.ts'

const MOST = 12
/** Names that say nothing of what is in a file. */
const GENERIC: readonly string[] = ['index', 'main', 'mod', 'lib', '__init__', 'types', 'utils']

const TEST_FOLDER = /(?:^|\/)(?:__tests__|tests?|specs?|e2e)\//
const TEST_NAME = /(?:[._-](?:test|spec|tests)\.[^/]+|_(?:test|spec)\.[^/]+|(?:^|\/)test_[^/]+|[a-z0-9]Tests?\.[^/]+)$/

/**
 * The tests of files that the globs match, at most twelve: by their names, those nearest to these files first, then those that
 * import one of these files.
 */
export function nearbyTests(
  paths: readonly string[],
  globs: readonly string[],
  imports: readonly { from: string; path: string }[] = [],
): string[] {
  const importing = imports.flatMap(({ from, path }) => (isTest(from) && matches(globs, path) ? [from] : []))
  return [...new Set([...namedTests(paths, globs), ...importing.toSorted()])].slice(0, MOST)
}

function namedTests(paths: readonly string[], globs: readonly string[]): string[] {
  const sources = paths.filter((path) => !isTest(path) && matches(globs, path))
  const named = [...sources, ...globs.filter((glob) => !/[*?{]/.test(glob))]
  const homes = new Map<string, string[]>()
  for (const path of named) homes.set(stemOf(path), [...(homes.get(stemOf(path)) ?? []), path])
  return paths
    .filter((path) => isTest(path) && homes.has(stemOf(path)) && !GENERIC.includes(stemOf(path)))
    .map((path) => ({ path, near: Math.max(...(homes.get(stemOf(path)) ?? []).map((home) => shared(home, path))) }))
    .toSorted((a, b) => b.near - a.near || (a.path < b.path ? -1 : 1))
    .map(({ path }) => path)
}

const isTest = (path: string): boolean => TEST_FOLDER.test(path) || TEST_NAME.test(path)

/** `retry` for `src/retry.ts`, `retry.test.ts`, `test_retry.py`, `retry_test.go`, `RetryTest.java`. */
const stemOf = (path: string): string =>
  (path.split('/').at(-1) ?? '')
    .replace(/^test_/, '')
    .replace(/\..*$/, '')
    .replace(/[_-](?:test|spec)$|Tests?$/, '')
    .toLowerCase()

/** Folders that two paths have in common, wherever in them. */
const shared = (one: string, other: string): number => {
  const folders = new Set(one.split('/').slice(0, -1))
  return other
    .split('/')
    .slice(0, -1)
    .filter((folder) => folders.has(folder)).length
}
