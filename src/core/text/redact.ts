export type Redact = (text: string) => string

/** Shorter values occur in ordinary text by chance; redacting them would only spoil the log. */
export const SHORTEST_SECRET = 6

/** Redacts secrets by value: literally, line by line, and encoded in base64, hex, URLs, JSON and JSON in JSON. */
export function redactor(secrets: readonly string[]): Redact {
  const forms = new Set(
    secrets
      .flatMap(linesOf)
      .flatMap(formsOf)
      .filter((form) => form.length >= SHORTEST_SECRET),
  )
  if (forms.size === 0) return (text) => text
  // If one form is a prefix of another, the longer one must match.
  const longestFirst = [...forms].sort((a, b) => b.length - a.length)
  const pattern = new RegExp(longestFirst.map(escapeForPattern).join('|'), 'g')
  return (text) => text.replace(pattern, '***')
}

const linesOf = (secret: string): string[] =>
  [secret, secret.trim(), ...secret.split(/\r?\n/).map((line) => line.trim())].filter(
    (line) => line.length >= SHORTEST_SECRET,
  )

const formsOf = (value: string): string[] => [
  value,
  encodeURIComponent(value),
  new URLSearchParams([['', value]]).toString().slice(1),
  inJson(value),
  // JSON inside JSON: a journal line or a transcript that quotes a JSON answer.
  inJson(inJson(value)),
  hexOf(value),
  hexOf(value).toUpperCase(),
  ...base64Forms(value),
]

const inJson = (value: string): string => JSON.stringify(value).slice(1, -1)

const hexOf = (value: string): string => Buffer.from(value).toString('hex')

/** In base64 of a longer text, a value can begin at three different offsets modulo three bytes. */
const base64Forms = (value: string): string[] =>
  [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)])
    const from = Math.ceil((before * 8) / 6)
    const to = Math.floor((bytes.length * 8) / 6)
    return [bytes.toString('base64').slice(from, to), bytes.toString('base64url').slice(from, to)]
  })

const escapeForPattern = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

/**
 * Redacts all strings of a model's answer. A model gets no secrets, but its answers are stored and shown. Applied before the
 * journal, so that plan, comments and commits have the same text.
 */
export const redactDeeply = <Value>(said: Value, redact: Redact): Value => JSON.parse(redact(JSON.stringify(said)))
