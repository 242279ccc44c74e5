import { type Redact, redactor } from './core/redact.ts'

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
