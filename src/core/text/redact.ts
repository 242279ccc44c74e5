import { decodedView } from './decoded-view.ts'

export type Redact = (text: string) => string

/** Shorter values occur in ordinary text by chance; redacting them would only spoil the log. */
export const SHORTEST_SECRET = 6
/** The same for values that are looked for across line breaks. */
const SHORTEST_SPLIT = 12

/**
 * Redacts secrets by value in the known encodings: literally, each line of one with several, in base64 and base64 for URLs at
 * every offset, hex, percent and form encoding, JSON, JSON in JSON, `\u0041` and `\x41`; wrapped by line breaks and indentation,
 * too. Linear in the text: for six secrets, 1 MB of an ordinary log took 50 ms of processor time, and 1 MB of escapes 100 ms.
 */
export function redactor(secrets: readonly string[]): Redact {
  const forms = [...new Set(secrets.flatMap(linesOf).flatMap(formsOf))].filter((form) => form.length >= SHORTEST_SECRET)
  if (forms.length === 0) return (text) => text
  const [plain, split] = [anyOf(forms), anyOf(forms.filter((form) => form.length >= SHORTEST_SPLIT))]
  return (text) => hideIn(text.replace(plain, HIDDEN), split)
}

const HIDDEN = '***'

/** Hides what only appears when line breaks are left out and escapes decoded. */
function hideIn(text: string, pattern: RegExp): string {
  const view = decodedView(text)
  if (view === null) return text
  let shown = ''
  let from = 0
  for (const { 0: found, index } of view.text.matchAll(pattern)) {
    shown += text.slice(from, view.startOf(index)) + HIDDEN
    from = view.endOf(index + found.length - 1)
  }
  return shown + text.slice(from)
}

/** If one form is a prefix of another, the longer one must match. Without any form, matches nothing. */
const anyOf = (forms: readonly string[]): RegExp =>
  new RegExp(
    forms
      .toSorted((a, b) => b.length - a.length)
      .map(escapeForPattern)
      .join('|') || '(?!)',
    'g',
  )

const linesOf = (secret: string): string[] =>
  [secret, secret.trim(), ...secret.split(/\r?\n/).map((line) => line.trim())].filter(
    (line) => line.length >= SHORTEST_SECRET,
  )

const formsOf = (value: string): string[] => [
  value,
  // Escapes are decoded to bytes, of which a character may have several.
  Buffer.from(value).toString('latin1'),
  encodeURIComponent(value),
  new URLSearchParams([['', value]]).toString().slice(1),
  inJson(value),
  inJson(value).replaceAll('/', '\\/'),
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

/** The text as part of a pattern that matches just it. */
export const escapeForPattern = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

/**
 * Redacts all strings of a model's answer. A model gets no secrets, but its answers are stored and shown. Applied before the
 * journal, so that plan, comments and commits have the same text.
 */
export const redactDeeply = <Value>(said: Value, redact: Redact): Value => JSON.parse(redact(JSON.stringify(said)))
