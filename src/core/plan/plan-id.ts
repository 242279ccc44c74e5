import type { Sha } from '../ids.ts'
import type { Settings } from '../settings.ts'
import { digest } from '../text/digest.ts'
import type { Plan } from './plan.ts'

/** All that decides what will run. */
interface Approvable {
  plan: Plan
  base: Sha
  settingsBlob: string
  settings: Settings
}

/** The id that an approval names: a sha256, of nothing but these, since callers pass what has other fields too. */
export const planIdOf = ({ plan, base, settingsBlob, settings }: Approvable): string =>
  digest({ plan, base, settingsBlob, settings })

/** Long enough against collisions by intent (48 bits), short enough to type. */
const SHOWN = 12

export const shortPlanId = (planId: string): string => planId.slice(0, SHOWN)

/** Accepts the short form, the whole id, and any length in between. */
export const samePlanId = (given: string, planId: string): boolean =>
  given.length >= SHOWN && planId.startsWith(given.toLowerCase())
