import type { Argv, Plan } from './plan.ts'

/** The plan's verification; if it has none, each different acceptance of its tasks, so that something is checked. */
export const verificationCommands = (plan: Plan): Argv[] =>
  plan.verification.length > 0 ? plan.verification.map(({ argv }) => argv) : distinct(acceptancesOf(plan))

/** Distinct checks that run on the base at most. */
const MOST_CHECKS = 30

/** The checks that run on the base of a plan, each once: the acceptances in the order of the plan, then its verification. */
export const baselineCommands = (plan: Plan): Argv[] =>
  distinct([...acceptancesOf(plan), ...verificationCommands(plan)]).slice(0, MOST_CHECKS)

const acceptancesOf = ({ tasks }: Plan): Argv[] =>
  tasks.map(({ acceptance }) => acceptance.argv).filter((argv) => argv.length > 0)

const distinct = (all: readonly Argv[]): Argv[] => [
  ...new Map(all.map((argv) => [JSON.stringify(argv), argv])).values(),
]
