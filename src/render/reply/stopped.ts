import type { LiveRun } from '../../core/run/state.ts'
import { code, sentence } from '../markdown/code.ts'
import { bounded } from '../markdown/escape.ts'
import { count } from '../markdown/format.ts'

/** The comment that calls people when a run has stopped because its orchestrator died. `message`: its last words. */
export function renderStopped(run: LiveRun, { message, logUrl }: { message: string | null; logUrl: string }): string {
  const paused = run.phase === 'active' ? run.paused : null
  const why =
    paused === null
      ? `its orchestrator failed ${count(run.crashes, 'time')} in a row${message === null ? '' : `: ${message}`}`
      : paused.why
  return [
    `\`stopped\`: Run ${code(run.run)} ${paused === null ? 'stands still' : 'is paused'}: ${sentence(bounded(why, 2000)).replace(/[.\s]+$/, '')}.`,
    '',
    `What was done is kept. The log: ${logUrl}. When the cause is gone, ${paused === null ? '`/status` starts it again' : '`/resume` goes on'}; \`/cancel\` ends the run.`,
  ].join('\n')
}
