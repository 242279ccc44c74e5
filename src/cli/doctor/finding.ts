/** One thing that was looked at. */
export type Finding =
  | { state: 'well'; what: string }
  /** Something keeps a run from working; `todo` says what changes that. */
  | { state: 'missing'; what: string; todo: string }
  /** Runs work, but not as they could. */
  | { state: 'warning'; what: string; todo: string }
  /** It could not be looked at; `todo` says what would be needed for that. */
  | { state: 'unknown'; what: string; todo: string }

export const well = (what: string): Finding => ({ state: 'well', what })
export const missing = (what: string, todo: string): Finding => ({ state: 'missing', what, todo })
export const warning = (what: string, todo: string): Finding => ({ state: 'warning', what, todo })
export const unknown = (what: string, todo: string): Finding => ({ state: 'unknown', what, todo })

const SIGNS = { well: 'ok', missing: 'MISSING', warning: 'warning', unknown: 'unknown' } as const

export const shown = (finding: Finding): string[] => [
  `${SIGNS[finding.state].padEnd(8)} ${finding.what}`,
  ...(finding.state === 'well' ? [] : [`${' '.repeat(9)}-> ${finding.todo}`]),
]
