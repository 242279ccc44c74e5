import type { Redact } from '../../core/redact.ts'

/**
 * What a model said, without the job's own secrets. It is told none, but all that it says is kept and shown to people: this
 * stands before the journal, so that plan, comments and commits hold the same words.
 */
export const hushed = <Value>(said: Value, redact: Redact): Value => JSON.parse(redact(JSON.stringify(said)))
