import { inspect } from 'node:util'
import { systemErrorWords } from './system-error.ts'
import { EnvironmentError, Mistake } from './terminal.ts'

export interface Explained {
  lines: string[]
  code: number
}

/** Makes a trace part of what is said. */
export const DEBUG = 'TRIBUTARY_DEBUG'

const LONGEST = 400

/**
 * The one place that turns an error into words: a person's mistake (2), a broken world (1), or a bug of ours (1). Never a
 * line of the bundle, which is what Node would print.
 */
export function explainError(error: unknown, typed: string, debug: boolean, help = `${typed} --help`): Explained {
  const trace = debug ? traceOf(error) : []
  if (error instanceof Mistake) {
    const how = error.typing ? [`\`${help}\` says how it is typed.`] : []
    return { lines: [`${typed}: ${error.message}`, ...how, ...trace], code: 2 }
  }
  const world = error instanceof EnvironmentError ? error.message : systemErrorWords(error)
  if (world !== null) return { lines: [`${typed}: ${world}`, ...trace], code: 1 }
  return { lines: [`${typed}: ${bugWords(error, debug)}`, ...trace], code: 1 }
}

/** A trace is made to be handed on: what stands before the host of an address may be a password. */
const traceOf = (error: unknown): string[] =>
  inspect(error)
    .replace(/(\w+:\/\/)[^/\s@'"]+@/g, '$1***@')
    .split('\n')

function bugWords(error: unknown, debug: boolean): string {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const first = message.split('\n', 1)[0] ?? ''
  const short = first.length > LONGEST ? `${first.slice(0, LONGEST)}…` : first
  const how = debug ? 'these lines' : `what ${DEBUG}=1 in front of the command shows`
  return `this is a bug in Tributary (${short}); please report it with ${how}`
}
