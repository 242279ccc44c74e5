import { z } from 'zod'

const LONGEST = 400
const line = z.string().max(LONGEST)

/**
 * What a finished task leaves for those that need it: plain text, bounded, so that a brief grows with a task's needs and
 * with nothing else. `files` and `check` come from git and from the machine's own run of the acceptance.
 */
export const handOffSchema = z.strictObject({
  did: z.string().max(1200),
  files: z.array(z.string()).max(60),
  interfaces: z.array(line).max(12),
  decisions: z.array(line).max(8),
  caveats: z.array(line).max(8),
  follow_ups: z.array(line).max(8),
  check: z.string().max(LONGEST),
})
export type HandOff = z.infer<typeof handOffSchema>

/** One line for tasks that do not need the work itself. */
export const inOneLine = ({ did }: HandOff): string => (did.split('\n')[0] ?? '').slice(0, 160)
