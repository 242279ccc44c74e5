const CODES = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP']

/** Whether the system says that there is nothing of that name, in whatever way. */
export const isNothing = (error: unknown): boolean => CODES.includes(codeOf(error))

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
