import type { Argv, Plan } from './plan.ts'

/** The plan's verification; if it has none, each different acceptance of its tasks, so that something is checked. */
export const verificationCommands = (plan: Plan): Argv[] =>
  plan.verification.length > 0 ? plan.verification.map(({ argv }) => argv) : distinct(acceptancesOf(plan))

/** Distinct checks that run on the base at most. */
const MOST_CHECKS = 30

/**
 * The checks that run on the base of a plan, each once: the acceptances in the order of the plan, then its verification. Of
 * more than thirty, the last acceptances are left out, since all rests on the verification.
 */
export function baselineCommands(plan: Plan): Argv[] {
  const first = distinct([...verificationCommands(plan), ...acceptancesOf(plan)]).slice(0, MOST_CHECKS)
  const leftOut = new Set(checksNotAmong(plan, first).map(keyOf))
  return everyCheck(plan).filter((argv) => !leftOut.has(keyOf(argv)))
}

/** The checks of a plan that are not among those that ran. */
export function checksNotAmong(plan: Plan, ran: readonly Argv[]): Argv[] {
  const known = new Set(ran.map(keyOf))
  return everyCheck(plan).filter((argv) => !known.has(keyOf(argv)))
}

export const isSameCommand = (one: Argv, other: Argv): boolean => keyOf(one) === keyOf(other)

const everyCheck = (plan: Plan): Argv[] => distinct([...acceptancesOf(plan), ...verificationCommands(plan)])

const acceptancesOf = ({ tasks }: Plan): Argv[] =>
  tasks.map(({ acceptance }) => acceptance.argv).filter((argv) => argv.length > 0)

const distinct = (all: readonly Argv[]): Argv[] => [...new Map(all.map((argv) => [keyOf(argv), argv])).values()]

const keyOf = (argv: Argv): string => JSON.stringify(argv)
