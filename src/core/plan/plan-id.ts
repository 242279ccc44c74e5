import type { Sha } from '../ids.ts'
import type { Settings } from '../settings.ts'
import { digest } from '../text/digest.ts'
import type { Plan } from './plan.ts'

/** The id that an approval names: the sha256 of everything that decides what will run. */
export const planIdOf = (of: { plan: Plan; base: Sha; settingsBlob: string; settings: Settings }): string => digest(of)

/** Long enough against collisions by intent (48 bits), short enough to type. */
const SHOWN = 12

export const shortPlanId = (planId: string): string => planId.slice(0, SHOWN)

/** Accepts the short form, the whole id, and any length in between. */
export const samePlanId = (given: string, planId: string): boolean =>
  given.length >= SHOWN && planId.startsWith(given.toLowerCase())
