/** A refusal that a person can mend is a value; a broken world throws. */
export type Result<Value, Problem> = { ok: true; value: Value } | { ok: false; error: Problem }

export const ok = <Value>(value: Value): { ok: true; value: Value } => ({ ok: true, value })
export const err = <Problem>(error: Problem): { ok: false; error: Problem } => ({ ok: false, error })
