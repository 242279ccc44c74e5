import { expect, it } from 'vitest'
import { mutationOf } from '../../../src/adapters/github/mutation.ts'
import type { Projection } from '../../../src/ports/forge.ts'

const nodes = { repository: 'R_1', url: 'https://example.org/o/r', thread: () => null }
const check: Extract<Projection, { kind: 'check' }> = {
  kind: 'check',
  name: 'check:a@1',
  located: null,
  sha: 'a'.repeat(40),
  label: 'tributary / a',
  externalId: '1/a/1',
  title: 'Failed',
  state: { status: 'in_progress', startedAt: '2026-01-01T00:00:00Z' },
  summary: 's',
  text: '',
  workflowRun: 77,
  annotations: [{ path: 'src/a.ts', line: 3, message: 'no' }],
}

it('a check leads to the log of its job, and marks the lines that failed once, since GitHub adds those of each update', () => {
  const created = mutationOf(check, nodes)
  expect(created?.input).toMatchObject({
    detailsUrl: 'https://example.org/o/r/actions/runs/77',
    output: {
      annotations: [
        {
          path: 'src/a.ts',
          location: { startLine: 3, endLine: 3 },
          annotationLevel: 'FAILURE',
          message: 'no',
        },
      ],
    },
  })
  const updated = mutationOf({ ...check, located: { number: 9, node: 'C_9' } }, nodes)
  expect(updated?.input.output).toEqual({ title: 'Failed', summary: 's' })
})

it('a check leads to the very job, if it is known', () => {
  expect(mutationOf({ ...check, job: 5 }, nodes)?.input.detailsUrl).toBe(
    'https://example.org/o/r/actions/runs/77/job/5',
  )
})

it('a check whose job is not known, or on a host whose address is not, leads to its own page', () => {
  expect(mutationOf({ ...check, workflowRun: null }, nodes)?.input).not.toHaveProperty('detailsUrl')
  expect(mutationOf(check, { ...nodes, url: undefined })?.input).not.toHaveProperty('detailsUrl')
})
