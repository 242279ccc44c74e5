import { closeSync, createReadStream, existsSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'

const variants = (value: string): string[] => [
  value,
  JSON.stringify(value).slice(1, -1),
  encodeURIComponent(value),
  Buffer.from(value).toString('base64'),
]

/** Masks secrets, tokens and values of `::add-mask::` in logs, also as base64, JSON and URI. */
class Masks {
  #values: string[] = []

  add(text: string): void {
    const parts = [text, ...text.split(/\r?\n/)].map((part) => part.trim()).filter((part) => part !== '')
    const values = new Set([...this.#values, ...parts.flatMap(variants)])
    this.#values = [...values].toSorted((a, b) => b.length - a.length)
  }

  apply(text: string): string {
    return this.#values.reduce((masked, value) => masked.replaceAll(value, '***'), text)
  }
}

export const logPath = (dataDir: string, jobId: number): string => join(dataDir, 'logs', `${jobId}.log`)

/** The end of a job's log, masked and with timestamps, at most so many bytes, from the beginning of a line on; null if there is none. */
export function jobLogEnd(dataDir: string, jobId: number, mostBytes: number): { text: string; isCut: boolean } | null {
  let file: number
  try {
    file = openSync(logPath(dataDir, jobId), 'r')
  } catch {
    return null
  }
  try {
    const { size } = fstatSync(file)
    const bytes = Buffer.alloc(Math.min(size, mostBytes))
    const read = readSync(file, bytes, 0, bytes.length, size - bytes.length)
    const text = bytes.subarray(0, read).toString('utf8')
    return size <= mostBytes ? { text, isCut: false } : { text: text.slice(text.indexOf('\n') + 1), isCut: true }
  } finally {
    closeSync(file)
  }
}

export const hasJobLog = (dataDir: string, jobId: number): boolean => existsSync(logPath(dataDir, jobId))

/** The whole log as a stream; null if there is none. */
export const streamJobLog = (dataDir: string, jobId: number): ReadableStream<Uint8Array> | null =>
  hasJobLog(dataDir, jobId)
    ? (Readable.toWeb(createReadStream(logPath(dataDir, jobId))) as ReadableStream<Uint8Array>)
    : null

/** Written line by line, so that the log is complete up to the moment a job or the hub dies. */
export class JobLog {
  readonly masks = new Masks()
  readonly #file: number
  readonly #echo: (line: string) => void
  #open = true

  constructor(path: string, echo: (line: string) => void) {
    mkdirSync(dirname(path), { recursive: true })
    this.#file = openSync(path, 'a')
    this.#echo = echo
  }

  write(text: string): void {
    if (!this.#open) return
    for (const line of this.masks.apply(text).split(/\r?\n/)) {
      writeSync(this.#file, `${new Date().toISOString()} ${line}\n`)
      this.#echo(line)
    }
  }

  error(message: string): void {
    this.write(`##[error]${message}`)
  }

  close(): void {
    if (this.#open) closeSync(this.#file)
    this.#open = false
  }
}
