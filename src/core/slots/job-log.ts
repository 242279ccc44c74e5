import { sha256 } from '../text/digest.ts'

/*
 * The last way to hand over a result: in the log of the slot's job, which needs no storage for artifacts. Between two lines
 * with the file's name stands its content as base64, and the second line has its digest, since a log is masked.
 */
const BEGIN = 'tributary-file '
const END = 'tributary-file-end '
const WIDTH = 1000
/** Of all files together: a log is read line by line. */
export const MOST_LOG_BYTES = 4 * 2 ** 20

export interface LoggedFile {
  name: string
  bytes: Uint8Array
}

/** The lines that hold a file. */
export function logLines({ name, bytes }: LoggedFile): string[] {
  const text = Buffer.from(bytes).toString('base64')
  const lines = Array.from({ length: Math.ceil(text.length / WIDTH) }, (_, at) =>
    text.slice(at * WIDTH, (at + 1) * WIDTH),
  )
  return [`${BEGIN}${name}`, ...lines, `${END}${sha256(bytes)}`]
}

/** The files that a log holds, by name; null for one that is not what was written. A second one of a name replaces the first. */
export function loggedFiles(log: string): ReadonlyMap<string, Uint8Array | null> {
  const files = new Map<string, Uint8Array | null>()
  let open: { name: string; lines: string[] } | null = null
  for (const line of messages(log)) {
    if (line.startsWith(END) && open !== null) {
      const bytes = Buffer.from(open.lines.join(''), 'base64')
      files.set(open.name, sha256(bytes) === line.slice(END.length) ? bytes : null)
      open = null
    } else if (line.startsWith(BEGIN)) {
      open = { name: line.slice(BEGIN.length), lines: [] }
      files.set(open.name, null)
    } else open?.lines.push(line)
  }
  return files
}

const ERROR = '##[error]'
/** What the runner says about every command that fails. */
const EXIT = /^Process completed with exit code \d+\.$/

/** The last error of a log; one that says more than an exit code, if there is one. */
export function lastError(log: string): string | null {
  const errors = messages(log).flatMap((line) => (line.startsWith(ERROR) ? [messageOf(line)] : []))
  return errors.findLast((error) => !EXIT.test(error)) ?? errors.at(-1) ?? null
}

const messageOf = (line: string): string =>
  line
    .slice(ERROR.length)
    .replace(/^(?:Error: )+/, '')
    .trim()

/** The runner begins each line with the time. */
const messages = (log: string): string[] =>
  log.split(/\r?\n/).map((line) => line.replace(/^\uFEFF?\d{4}-\d\d-\d\dT[\d:.]+Z /, ''))
