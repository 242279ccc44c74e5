import type { Problem } from '../failure.ts'
import { nearest } from '../text/nearest.ts'
import { listed, quoted } from '../text/quoted.ts'
import { globsOverlap, matches, validGlob } from './glob.ts'
import type { Argv, Plan, Task } from './plan.ts'

/** A note about a value of the plan, with its path. */
export interface PathNote {
  path: (string | number)[]
  task: string | null
  field: string
  message: string
}

/** Paths that the plan names and the repository lacks. A task may create files, so these are notes, not problems. */
export function pathNotes(plan: Plan, files: readonly string[]): PathNote[] {
  const there = new Set(files)
  return plan.tasks.flatMap((task, index) => taskNotes(plan, task, index, files, there))
}

/**
 * Files that a plan builds on, named without a wildcard, that the base lacks and that no task may create: such a plan was guessed,
 * not looked up. What an installation makes, and what lies behind a link or in a submodule, is in no commit. `files`: all paths of
 * the base; null: not known.
 */
export function missingPaths({ tasks, critical_files }: Plan, files: ReadonlySet<string> | null): Problem[] {
  if (files === null) return []
  const all = [...files]
  const named = [
    ...critical_files.map((path) => ({ path, task: null, field: 'critical_files' })),
    ...tasks.flatMap(({ id, reads }) => reads.map((path) => ({ path, task: id, field: 'reads' }))),
  ]
  return named
    .filter(({ path }) => validGlob(path) === null && !isPattern(path) && !INSTALLED.test(path))
    .filter(({ path }) => !isThere(path, files) && !made(tasks, path))
    .map(({ path, ...field }) => ({
      code: 'no-such-path',
      ...field,
      message: `${quoted(path)} is not in this repository.${guess(path, all)}`,
    }))
}

/** Whether a path is one of `files`, or a folder of theirs, or inside of one: then that is a link or a submodule. */
function isThere(path: string, files: ReadonlySet<string>): boolean {
  const above = path.split('/').map((_, at, names) => names.slice(0, at + 1).join('/'))
  return above.some((one) => files.has(one)) || foldersOf(files).has(path)
}

const isPattern = (glob: string): boolean => /[*?{[]/.test(glob)

function taskNotes(
  { tasks }: Plan,
  task: Task,
  index: number,
  files: readonly string[],
  there: ReadonlySet<string>,
): PathNote[] {
  const others = tasks.filter((other) => other !== task)
  const at = (field: string, message: string): PathNote => ({
    path: ['tasks', index, field],
    task: task.id,
    field,
    message,
  })
  // A path without a wildcard is a problem of the plan (`missingPaths`).
  const unread = task.reads.filter((glob) => isPattern(glob) && isNew(glob, files) && !made(others, glob))
  const unwritten = task.writes.filter((glob) => isNew(glob, files))
  const unfound = (argv: Argv) => unmadeScripts(tasks, argv, there)
  return [
    ...unread.map((glob) => at('reads', `${quoted(glob)} matches no file of this repository.${guess(glob, files)}`)),
    ...(unwritten.length === 0
      ? []
      : [
          at(
            'writes',
            `${listed(unwritten)} ${unwritten.length === 1 ? 'matches' : 'match'} no file yet: the task makes what it writes there.${unwritten.map((glob) => guess(glob, files)).join('')}`,
          ),
        ]),
    ...unfound(task.run).map((word) => at('run', `${quoted(word)} is not in this repository.${guess(word, files)}`)),
    ...unfound(task.acceptance.argv).map((word) =>
      at('acceptance', `${quoted(word)} is not in this repository, and no task makes it.${guess(word, files)}`),
    ),
  ]
}

/** The words of a command that name files which are not there and which no task makes; its program too, if that is a path. */
export const unmadeScripts = (tasks: readonly Task[], argv: Argv, there: ReadonlySet<string>): string[] =>
  argv.filter((word, index) => {
    const path = word.replace(/^\.\//, '')
    if (!SCRIPT.test(path) && !(index === 0 && isPath(word) && PROGRAM.test(path))) return false
    return !INSTALLED.test(path) && !there.has(path) && !made(tasks, path)
  })

/** Whether a command names a file that a task of the plan may make. */
export const namesWhatTasksMake = (tasks: readonly Task[], argv: Argv): boolean =>
  argv.some((word) => PATH.test(word) && made(tasks, word.replace(/^\.\//, '')))

/** A word with a folder or an ending. */
const PATH = /^(?:\.\/)?(?!\.{0,2}\/|-)[\w@.-]*[/.][\w@./-]*$/

/** A word of a command that names a file of the repository: it has folders and an ending. */
const SCRIPT = /^(?!\.{1,2}\/|\/|-)[\w@.-]+(?:\/[\w@.-]+)*\/[\w.-]+\.[A-Za-z]\w*$/

/** A program that is named by its path is not looked for on PATH. */
const isPath = (word: string): boolean => word.includes('/')
const PROGRAM = /^(?!\.{1,2}\/|\/|-)[\w@.-]+(?:\/[\w@.-]+)*$/

/** What a set-up or a build makes is in no commit. */
const INSTALLED = /(?:^|\/)(?:node_modules|target|build|dist|out|vendor|\.?venv)\//

const isNew = (glob: string, files: readonly string[]): boolean =>
  validGlob(glob) === null && !files.some((file) => matches([glob], file))

const made = (tasks: readonly Task[], path: string): boolean =>
  tasks.some(({ writes }) => writes.some((glob) => globsOverlap(glob, path)))

/** A suggestion: the file, or the folder that the glob begins with. */
function guess(glob: string, files: readonly string[]): string {
  const folder = /^(.*?)\/(?:[^/]*[*?{].*)$/.exec(glob)?.[1]
  const known = folder === undefined ? files : [...foldersOf(files)]
  const meant = nearest(folder ?? glob, known)
  return meant === null
    ? ''
    : ` Did you mean ${quoted(folder === undefined ? meant : `${meant}${glob.slice(folder.length)}`)}?`
}

/** All folders of files, collected once for each list or set: a repository has many thousand paths. */
function foldersOf(files: Paths): ReadonlySet<string> {
  const known = folders.get(files)
  if (known !== undefined) return known
  const all = new Set<string>()
  for (const file of files)
    for (let end = file.lastIndexOf('/'); end > 0 && !all.has(file.slice(0, end)); end = file.lastIndexOf('/', end - 1))
      all.add(file.slice(0, end))
  folders.set(files, all)
  return all
}

type Paths = readonly string[] | ReadonlySet<string>

const folders = new WeakMap<Paths, ReadonlySet<string>>()
