export type Redact = (text: string) => string

/** Shorter values stand in ordinary text by chance: to hide them would hide nothing and spoil the log. */
export const SHORTEST_SECRET = 6

/** Takes secrets out of text by their value: as they are, line by line, in base64, in hex, in URLs and in JSON, also in JSON in JSON. */
export function redactor(secrets: readonly string[]): Redact {
  const forms = new Set(
    secrets
      .flatMap(linesOf)
      .flatMap(formsOf)
      .filter((form) => form.length >= SHORTEST_SECRET),
  )
  if (forms.size === 0) return (text) => text
  // Where one form begins with another, the longer one must win.
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
  // A journal line or a transcript that quotes an answer which was JSON already.
  inJson(inJson(value)),
  hexOf(value),
  hexOf(value).toUpperCase(),
  ...base64Forms(value),
]

const inJson = (value: string): string => JSON.stringify(value).slice(1, -1)

const hexOf = (value: string): string => Buffer.from(value).toString('hex')

/** A value inside a longer text that is encoded as a whole can begin at any of three places in a group of four characters. */
const base64Forms = (value: string): string[] =>
  [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)])
    const from = Math.ceil((before * 8) / 6)
    const to = Math.floor((bytes.length * 8) / 6)
    return [bytes.toString('base64').slice(from, to), bytes.toString('base64url').slice(from, to)]
  })

const escapeForPattern = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

/**
 * What a model said, without the job's own secrets. It is told none, but all that it says is kept and shown to people: this
 * stands before the journal, so that plan, comments and commits hold the same words.
 */
export const redactDeeply = <Value>(said: Value, redact: Redact): Value => JSON.parse(redact(JSON.stringify(said)))
