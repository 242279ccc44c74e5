import { ownOf } from '../../core/own.ts'
import type { Located, Published } from '../../ports/forge.ts'
import type { GraphAnswer, GraphError } from './client.ts'
import { locatedBy } from './mutation.ts'

type Refusal = Extract<Published, { ok: false }>['reason']

/** What became of one mutation among several. */
export type Outcome =
  | { kind: 'done'; located: Located }
  | { kind: 'refused'; reason: Refusal; message: string }
  /** Refused for now; surely not done. */
  | { kind: 'later' }
  /** Perhaps done, or done before: look. */
  | { kind: 'unknown' }

export function outcomeOf(index: number, { data, errors }: GraphAnswer): Outcome {
  const alias = `m${index}`
  const located = locatedBy(data[alias])
  if (located !== null) return { kind: 'done', located }
  const error = errors.find(({ path }) => path?.[0] === alias) ?? errors.find(({ path }) => (path ?? []).length === 0)
  return error === undefined ? { kind: 'unknown' } : outcomeOfError(error)
}

type Meaning = 'unknown' | 'later' | Refusal

/** What GitHub says, where the type says too little. */
const SAYINGS: readonly [RegExp, Meaning][] = [
  [/not permitted to create or approve pull requests/i, 'not-permitted'],
  [/resource not accessible by/i, 'not-permitted'],
  [/draft pull requests are not supported/i, 'no-drafts'],
  [/no commits between/i, 'nothing-to-compare'],
  [/a pull request already exists/i, 'unknown'],
  [/submitted too quickly|secondary rate limit/i, 'later'],
  [/something went wrong|timed? ?out/i, 'unknown'],
]

const TYPES: Readonly<Record<string, Meaning>> = {
  FORBIDDEN: 'not-permitted',
  NOT_FOUND: 'gone',
  RATE_LIMITED: 'later',
  UNPROCESSABLE: 'refused',
}

function outcomeOfError({ message, type, path }: GraphError): Outcome {
  const meant = SAYINGS.find(([saying]) => saying.test(message))?.[1] ?? ownOf(TYPES, type ?? '')
  if (meant === 'unknown' || meant === 'later') return { kind: meant }
  if (meant !== undefined) return { kind: 'refused', reason: meant, message }
  // An error about the request as a whole: it is we who asked wrongly.
  if ((path ?? []).length === 0) throw new Error(`GitHub did not understand a mutation: ${message}`)
  return { kind: 'refused', reason: 'refused', message }
}
