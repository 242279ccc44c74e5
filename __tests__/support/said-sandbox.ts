import type { Argv } from '../../src/core/plan/plan.ts'
import type { CommandRun, Sandbox } from '../../src/ports/sandbox.ts'

type Options = Parameters<Sandbox['run']>[1]

export const ran = (log: string, rest: Partial<CommandRun> = {}): CommandRun => ({
  exitCode: 0,
  log,
  seconds: 1.25,
  timedOut: false,
  ...rest,
})

/** Gives the outcomes in their order, and throws when it runs once more than it was told. */
export function saidSandbox(outcomes: readonly (CommandRun | (() => CommandRun | Promise<CommandRun>))[]): Sandbox & {
  readonly runs: readonly { argv: Argv; options: Options }[]
} {
  const runs: { argv: Argv; options: Options }[] = []
  return {
    name: 'said',
    runs,
    layers: false,
    refusedHosts: () => [],
    async run(argv, options) {
      const outcome = outcomes[runs.length]
      runs.push({ argv, options })
      if (outcome === undefined) throw new Error(`command ${runs.length} was not given an outcome`)
      return typeof outcome === 'function' ? outcome() : outcome
    },
  }
}
