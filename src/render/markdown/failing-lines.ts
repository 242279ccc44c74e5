import { fence, withoutColours } from './code.ts'
import { tail } from './fit.ts'

/** Words by which test runners, compilers and shells say that something failed. */
const FAILURE =
  /✖|✗|×|⨯|^\s*not ok\b|\bFAIL(?:ED|URES?)?\b|\b[A-Za-z]*(?:Error|Exception)\b|\[ERROR\]|\berror(?:\[\w+\]| [A-Z]+\d+)?:|\d:\d+\s+error\s|\bfailed\b|\bpanicked\b|\bfatal:|: not found$|No such file|^\s*assert/
/** Lines that count failures and name none, such as `0 failed`. */
const NONE_FAILED = /\b0 (?:failed|errors?|failures)\b|\b(?:failed|fail|errors?|failures):? 0\b/i

/** Before the lines of an error, in the output of pytest. Code and a backtrace, which name other errors, come before them. */
const MARKED = /^E {3,}\S/

const LINES = 6
const WIDTH = 200

/** The first lines of an output that say what failed, or its last ones if none does; at most six, each shortened. */
export function failingLines(output: string): string[] {
  const lines = withoutColours(output)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== '')
  const marked = lines.findIndex((line) => MARKED.test(line))
  const first = marked === -1 ? lines.findIndex(saysFailed) : Math.max(0, marked - 1)
  const shown = first === -1 ? lines.slice(-LINES) : lines.slice(first, first + LINES)
  return shown.map((line) => (line.length <= WIDTH ? line : `${line.slice(0, WIDTH)}…`))
}

const saysFailed = (line: string): boolean => FAILURE.test(line) && !NONE_FAILED.test(line)

/** Bytes. */
const END = 4_000

/** The end of an output as a fenced block, where a program says how it ended; the log of the job has all of it. Empty if there is none. */
export function outputEnd(output: string): string[] {
  const plain = withoutColours(output).trimEnd()
  return plain === '' ? [] : fence(tail(plain, END))
}

/** A place that an output names: a path relative to the repository, and a line. */
export interface FailingPlace {
  path: string
  line: number
  message: string
}

/** `src/a.ts:12`, `src/a.ts(12,5)`, `A.java:[12,5]`, `File "a.py", line 12`; paths with a folder or an ending, never absolute. */
const PLACES = [
  /(?:^|[\s("'`])((?:\.\/)?[\w@][\w@./-]*\.[A-Za-z]\w{0,7}):(\d{1,6})(?=[:)\s,\]'"]|$)/,
  /(?:^|[\s("'`])((?:\.\/)?[\w@][\w@./-]*\.[A-Za-z]\w{0,7})\((\d{1,6})(?:,\d+)?\)/,
  /(?:^|[\s("'`])((?:\.\/)?[\w@][\w@./-]*\.[A-Za-z]\w{0,7}):\[(\d{1,6}),\d+\]/,
  /File "((?:\.\/)?[\w@][\w@./-]*)", line (\d{1,6})/,
]
/** ESLint names a file once, on a line of its own, above what it found there. */
const HEADING = /^(?:\.\/)?[\w@][\w@./-]*\.[A-Za-z]\w{0,7}$/
const UNDER_HEADING = /^\s+(\d{1,6}):\d+\s+error\s/
const NOT_OURS = /(?:^|\/)(?:node_modules|\.\.|site-packages)(?:\/|$)/
const MOST_PLACES = 10

/** Places in files of the repository that the output names, each once. What is said there is the line itself and the failing line before it. */
export function failingPlaces(output: string): FailingPlace[] {
  const found = new Map<string, FailingPlace>()
  let said = ''
  let before = ''
  let heading = ''
  for (const line of withoutColours(output).split('\n')) {
    if (HEADING.test(line)) heading = line
    const place = placeIn(line) ?? placeUnder(heading, line)
    // The first of several marked lines says it, and the place after them repeats only the kind of the error.
    if (MARKED.test(line)) said = MARKED.test(before) ? said : line.slice(1).trim()
    else if (saysFailed(line) && !(place !== null && MARKED.test(before))) said = line.trim()
    if (line.trim() !== '') before = line
    if (place === null) continue
    const key = `${place.path}:${place.line}`
    const message = said === '' || said === line.trim() ? line.trim() : `${said}\n${line.trim()}`
    if (!found.has(key)) found.set(key, { ...place, message: message.slice(0, 1_000) })
    if (found.size === MOST_PLACES) break
  }
  return [...found.values()]
}

function placeUnder(path: string, line: string): { path: string; line: number } | null {
  const number = UNDER_HEADING.exec(line)?.[1]
  return path === '' || number === undefined ? null : placeIn(`${path}:${number}`)
}

function placeIn(line: string): { path: string; line: number } | null {
  for (const pattern of PLACES) {
    const [, path, number] = pattern.exec(line) ?? []
    if (path === undefined || Number(number) < 1) continue
    const own = path.replace(/^\.\//, '')
    return NOT_OURS.test(own) || own.includes('//') ? null : { path: own, line: Number(number) }
  }
  return null
}
