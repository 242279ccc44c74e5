import type { CommitWords } from '../../ports/repo.ts'

const TRAILER_NAME = /^[A-Za-z][A-Za-z0-9-]*$/

/** Subject, body and trailers, apart by blank lines, as `git interpret-trailers` reads them. */
export function commitMessage({ subject, body = '', trailers = {} }: CommitWords): string {
  const parts = [oneLine(subject), textOf(body), Object.entries(trailers).map(trailer).join('\n')]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function trailer([name, value]: [string, string]): string {
  if (!TRAILER_NAME.test(name)) throw new Error(`no name for a trailer: ${JSON.stringify(name)}`)
  return `${name}: ${oneLine(value)}`
}

/** A value with a line break could forge the trailers behind it. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()

const textOf = (text: string): string => text.replace(/\r\n?/g, '\n').replaceAll('\0', '').trim()
