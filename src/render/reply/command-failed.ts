import { fence } from '../markdown/code.ts'
import { bounded } from '../markdown/escape.ts'

/** The answer of a job that failed before it could give one. `cause`: what is known of it. */
export const renderCommandFailed = (cause: string | null, logUrl: string): string =>
  [
    'Reason: `command-failed`. The job that carries this out failed. What was recorded before that counts.',
    '',
    ...(cause === null ? [] : [...fence(bounded(cause, 1000)), '']),
    `Its log: ${logUrl}. \`/status\` says how the run stands; type the command again when the cause is gone.`,
  ].join('\n')
