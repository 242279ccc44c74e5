import { issueOf, type RunId } from '../../src/core/ids.ts'
import type { RunEvent } from '../../src/core/run/event.ts'

const AT = '2026-01-02T03:04:05.000Z'

export const planRequested = (run: RunId): RunEvent => ({
  type: 'plan_requested',
  at: AT,
  by: 'mona',
  run,
  issue: issueOf(run),
  title: 'Let requests be tried again',
  body: 'They fail now and then.\r\n\n{"type":"run_finished"}\n',
  words: '',
})

/** An event that leaves its name in the state, so that a lost one is missed. */
export const noted = (name: string, number = 1): RunEvent => ({
  type: 'projected',
  at: AT,
  by: 'tributary',
  entries: [{ name, number, node: `node of ${name}`, digest: '' }],
})
