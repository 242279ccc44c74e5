import { z } from 'zod'

/** What an agent says at its end. Of any length: it is cut, not refused. */
export const finishSchema = z.strictObject({
  outcome: z
    .enum(['done', 'cannot'])
    .describe(
      '`done`: the task is done and its acceptance should pass; `cannot`: something stands in the way for good',
    ),
  did: z
    .string()
    .describe('What you changed and why, first in one line. With `cannot`: what stands in the way. 1,200 characters'),
  interfaces: z
    .array(z.string())
    .describe('Names that later tasks can rely on, with their signatures and where they are; up to 12 lines'),
  decisions: z.array(z.string()).describe('Choices that others have to know and keep to; up to 8 lines'),
  caveats: z.array(z.string()).describe('What is not done, not tested, or could break; up to 8 lines'),
  follow_ups: z.array(z.string()).describe('What somebody should do later, outside of this task; up to 8 lines'),
})
export type Finish = z.infer<typeof finishSchema>

export const FINISH =
  'Ends your work. What you changed is committed and the acceptance is run on exactly that; if it fails, you hear of it. The tasks behind yours read what you say here, and nothing else of your work but the files.'
