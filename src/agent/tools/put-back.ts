const SHOWN = 20

/** The message on changes of commands that the machine has removed from the work. */
export const putBackText = (paths: readonly string[]): string =>
  `Changes outside of what the task may write were put back: ${paths.slice(0, SHOWN).join(', ')}${paths.length > SHOWN ? ` and ${paths.length - SHOWN} more` : ''}.`
