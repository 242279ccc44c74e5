/** The result of one check. */
export type DoctorFinding =
  | { state: 'well'; what: string }
  /** Something keeps a run from working; `todo` says what changes that. */
  | { state: 'missing'; what: string; todo: string }
  /** Runs work, but not as they could. */
  | { state: 'warning'; what: string; todo: string }
  /** It could not be checked; `todo` says what is needed for that. */
  | { state: 'unknown'; what: string; todo: string }

export const well = (what: string): DoctorFinding => ({ state: 'well', what })
export const missingFinding = (what: string, todo: string): DoctorFinding => ({ state: 'missing', what, todo })
export const warning = (what: string, todo: string): DoctorFinding => ({ state: 'warning', what, todo })
export const unknown = (what: string, todo: string): DoctorFinding => ({ state: 'unknown', what, todo })

const SIGNS = { well: 'ok', missing: 'MISSING', warning: 'warning', unknown: 'unknown' } as const

export const doctorLines = (finding: DoctorFinding): string[] => [
  `${SIGNS[finding.state].padEnd(8)} ${finding.what}`,
  ...(finding.state === 'well' ? [] : [`${' '.repeat(9)}-> ${finding.todo}`]),
]
