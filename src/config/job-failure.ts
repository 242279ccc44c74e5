import { z } from 'zod'
import type { JobFailure } from '../core/slots/recovery.ts'

const LONGEST = 500

const jobFailureSchema = z.object({
  cause: z.enum(['token-ended', 'rate-limit']).nullable(),
  message: z.string().max(LONGEST),
})

/** The output `failure` of a job that failed, for the job `recover`. A job that was killed has none, and a workflow of an earlier version passes none on. */
export const jobFailureOutput = (failure: JobFailure): string =>
  JSON.stringify({ ...failure, message: failure.message.slice(0, LONGEST) })

export const jobFailureInput = z.string().transform((text): JobFailure | null => {
  try {
    return jobFailureSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
})
