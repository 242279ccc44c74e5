import type { Report } from '../core/event.ts'
import type { TaskFailure } from '../core/failure.ts'
import type { Sandbox } from '../ports/sandbox.ts'

export const emptyReport = (sandbox: Sandbox | null): Report => ({
  workSeconds: 0,
  acceptanceSeconds: 0,
  acceptanceLog: '',
  summary: '',
  sandbox: sandbox?.name ?? 'none',
})

/** Where commands cannot be kept from doing harm, none runs. */
export const withoutSandbox = ({
  detail,
  fix,
}: {
  detail: string
  fix: string[]
}): { failure: TaskFailure; report: Report } => ({
  failure: { reason: 'sandbox-unavailable', detail, fix },
  report: emptyReport(null),
})

const LONGEST_SUMMARY = 200

/** What a program says last is most often what it has done. */
export const lastLine = (log: string): string => (log.trim().split('\n').at(-1) ?? '').slice(0, LONGEST_SUMMARY)
