import type { RunState } from '../../core/run/state.ts'
import { code, stableCode } from '../markdown/code.ts'
import { bounded, inline } from '../markdown/escape.ts'
import { count } from '../markdown/format.ts'

/** What people are told when orchestrators die again and again. The comment is new, so that it reaches them. */
export function renderCrashes(state: RunState, crashes: number, logUrl: string): string {
  if (state.phase === 'empty') return ''
  const why = state.crash === undefined ? '' : ` The last one said: ${inline(bounded(state.crash, 1000))}.`
  const paused = state.phase === 'active' && state.paused !== null
  return [
    `The orchestrator of run ${code(state.run)} failed ${count(crashes, 'time')} in a row, so ${paused ? 'the run is paused' : 'no other one is started'}. What was done is kept.${why}`,
    '',
    `Its last log: ${logUrl}. Once the cause is fixed, ${paused ? '`/resume` continues the run' : '`/status` starts it again'}.`,
    '',
    stableCode('orchestrator-lost'),
  ].join('\n')
}
