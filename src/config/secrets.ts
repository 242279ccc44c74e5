import { ownOf } from '../core/own.ts'
import { type Redact, redactor } from '../core/text/redact.ts'

/** The values that a job must not disclose; some, such as exchanged tokens, are added while it runs. */
export interface Secrets {
  /** Grows in place. */
  values: readonly string[]
  redact: Redact
  add(secret: string): void
}

export function keepSecrets(first: readonly string[], mask: (secret: string) => void): Secrets {
  const values: string[] = []
  let redact = redactor(values)
  const add = (secret: string) => {
    if (secret === '' || values.includes(secret)) return
    mask(secret)
    values.push(secret)
    redact = redactor(values)
  }
  first.forEach(add)
  return { values, add, redact: (text) => redact(text) }
}

/**
 * Returns a function that selects the named variables that are set. Leaves out a variable that holds a token of the job in
 * any encoding, since a command with that token could act as the job.
 */
export function agentEnvironment(
  all: Readonly<Record<string, string | undefined>>,
  tokens: readonly string[],
): (names: readonly string[]) => Record<string, string> {
  const hide = redactor(tokens)
  return (names) =>
    Object.fromEntries(
      names.flatMap((name) => {
        const value = ownOf(all, name)
        return value === undefined || value === '' || hide(value) !== value ? [] : [[name, value]]
      }),
    )
}
