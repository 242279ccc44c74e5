import { z } from 'zod'
import { taskFailureSchema } from '../failure.ts'
import { usageSchema } from '../money/usage.ts'

/** A piece of a message between an agent and its model. `opaque`: content that only the model's API can read. */
const blockSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string() }),
  z.object({ kind: z.literal('call'), id: z.string(), name: z.string(), input: z.unknown() }),
  z.object({ kind: z.literal('result'), id: z.string(), text: z.string(), failed: z.boolean() }),
  z.object({ kind: z.literal('opaque') }),
])
export type TranscriptBlock = z.infer<typeof blockSchema>

const turn = { kind: z.literal('turn'), at: z.iso.datetime(), turn: z.int(), blocks: z.array(blockSchema).readonly() }
const ran = { exitCode: z.int(), seconds: z.number(), timedOut: z.boolean(), log: z.string() }

/** A line of an attempt's transcript. A slot writes it, people read it; no prompt ever holds it. */
const lineSchema = z.discriminatedUnion('kind', [
  /** A check on the base, before any work. */
  z.object({ kind: z.literal('baseline'), argv: z.array(z.string()).readonly(), ...ran }),
  z.discriminatedUnion('role', [
    z.object({ ...turn, role: z.literal('user') }),
    /** `seconds`: how long the answer took. */
    z.object({
      ...turn,
      role: z.literal('assistant'),
      stop: z.string(),
      usage: usageSchema.nullable(),
      unsure: z.boolean(),
      seconds: z.number(),
    }),
  ]),
  /** An agent program that the settings name, when it has ended. */
  z.object({ kind: z.literal('agent'), ...ran }),
  /** The checks of the task on what was handed in. `putBack`: changes outside of its paths that were restored. */
  z.object({
    kind: z.literal('check'),
    at: z.iso.datetime(),
    failure: taskFailureSchema.nullable(),
    log: z.string(),
    putBack: z.array(z.string()).readonly(),
  }),
  /** Nothing follows: it has become too long. */
  z.object({ kind: z.literal('cut'), detail: z.string() }),
])
export type TranscriptLine = z.infer<typeof lineSchema>

/** The lines that can be read, and how many cannot: the slot that wrote them has run code of the repository. */
export function parseTranscript(text: string): { lines: TranscriptLine[]; unread: number } {
  const written = text.split('\n').filter((line) => line !== '')
  const lines = written.flatMap((line) => readLine(line) ?? [])
  return { lines, unread: written.length - lines.length }
}

function readLine(line: string): TranscriptLine | null {
  try {
    return lineSchema.safeParse(JSON.parse(line)).data ?? null
  } catch {
    return null
  }
}
