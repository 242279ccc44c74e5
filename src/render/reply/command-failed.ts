import { fence, stableCode } from '../markdown/code.ts'
import { bounded } from '../markdown/escape.ts'

/** The answer of a job that failed before it could give one. `cause`: what is known of it. */
export const renderCommandFailed = (cause: string | null, logUrl: string): string =>
  [
    'The job that runs this command failed. What it recorded before that still counts.',
    '',
    ...(cause === null ? [] : [...fence(bounded(cause, 1000)), '']),
    `Its log: ${logUrl}. \`/status\` says how the run stands; fix the cause, then type the command again.`,
    '',
    stableCode('command-failed'),
  ].join('\n')
