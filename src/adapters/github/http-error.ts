import { z } from 'zod'

const headersSchema = z.record(z.string(), z.union([z.string(), z.number()]).optional())
export type Headers = z.infer<typeof headersSchema>

/** Octokit's errors, told by their shape: what it could not send or read has a status too, but no response. */
const httpErrorSchema = z.object({
  status: z.number(),
  message: z.string(),
  response: z.object({ headers: headersSchema, data: z.unknown() }).optional(),
})
export type HttpError = z.infer<typeof httpErrorSchema>

export function httpError(error: unknown): HttpError | null {
  if (!(error instanceof Error)) return null
  const { message } = error
  const parsed = httpErrorSchema.safeParse({ ...error, message })
  return parsed.success ? parsed.data : null
}

/** The status of an answer that GitHub gave; null for anything else that was thrown. */
export function statusOf(error: unknown): number | null {
  const known = httpError(error)
  return known?.response === undefined ? null : known.status
}
