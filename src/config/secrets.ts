import { type Redact, redactor } from '../core/text/redact.ts'

/** The values that a job must let nobody see; some of them, such as exchanged tokens, come while it runs. */
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
 * Gives those of the named variables that are set. One that holds a token of the job, in whatever form, is not given:
 * whoever has it could speak for the job.
 */
export function agentEnvironment(
  all: Readonly<Record<string, string | undefined>>,
  tokens: readonly string[],
): (names: readonly string[]) => Record<string, string> {
  const hide = redactor(tokens)
  return (names) =>
    Object.fromEntries(
      names.flatMap((name) => {
        const value = all[name]
        return value === undefined || value === '' || hide(value) !== value ? [] : [[name, value]]
      }),
    )
}
