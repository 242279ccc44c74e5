/** A failure that a person can fix is a value; other errors are thrown. */
export type Result<Value, Problem> = { ok: true; value: Value } | { ok: false; error: Problem }

export const ok = <Value>(value: Value): { ok: true; value: Value } => ({ ok: true, value })
export const err = <Problem>(error: Problem): { ok: false; error: Problem } => ({ ok: false, error })
