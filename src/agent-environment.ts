import { redactor } from './core/redact.ts'

/**
 * Gives those of the named variables that are set. One that holds a token of the job, in whatever form, is not given:
 * whoever has it could speak for the job.
 */
export function agentEnvironment(
  all: Readonly<Record<string, string | undefined>>,
  tokens: readonly string[],
): (names: readonly string[]) => Record<string, string> {
  const hide = redactor(tokens)
  return (names) =>
    Object.fromEntries(
      names.flatMap((name) => {
        const value = all[name]
        return value === undefined || value === '' || hide(value) !== value ? [] : [[name, value]]
      }),
    )
}
