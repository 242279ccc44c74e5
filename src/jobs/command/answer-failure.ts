import type { Redact } from '../../core/text/redact.ts'
import { renderCommandFailed } from '../../render/reply/command-failed.ts'
import type { CommandDeps } from '../deps.ts'
import { say } from '../say.ts'

interface Answerable {
  thread: number
  /** Of the answer, which is given once. */
  key: string
  logUrl: string
  redact: Redact
}

/** If the job fails, says so on the thread first, with the cause: a red job that people do not look at is silence. */
export async function answerFailure<Done>(
  deps: CommandDeps,
  { thread, key, logUrl, redact }: Answerable,
  job: () => Promise<Done>,
): Promise<Done> {
  try {
    return await job()
  } catch (error) {
    const body = renderCommandFailed(redact(causeOf(error)), logUrl)
    await say(deps, { threads: [thread], key, body })
      // The job `recover` tries again.
      .catch((second: unknown) => deps.log(`the failure could not be said either: ${causeOf(second)}`))
    throw error
  }
}

/** The messages of an error and of what caused it. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : causeOf(error.cause)
  return cause === '' || error.message.includes(cause) ? error.message : `${error.message}: ${cause}`
}
