import { expect, it } from 'vitest'
import { transcript } from '../../../src/agent/worker/transcript.ts'
import { type Brief, briefOf } from '../../../src/core/schedule/brief.ts'
import { lookUp } from '../../../src/jobs/work/agent-attempt.ts'
import type { Attempt } from '../../../src/jobs/work/attempt.ts'
import { type Stopwatch, stopwatch } from '../../../src/jobs/work/commands.ts'
import { memorySources } from '../../support/memory/files.ts'
import { agentsAtWork, followed } from '../../support/planning.ts'
import { begun } from '../../support/run.ts'

interface Setting {
  files: ReturnType<typeof memorySources>
  writes: string[]
  checks: Brief['checks']
  watch?: Stopwatch
}

/** An attempt, as far as it is looked up. */
function attemptWith({ files, writes, checks, watch }: Setting): Attempt {
  const state = agentsAtWork('a')
  const brief = briefOf(followed<typeof state>(state, ...begun(state, 'a')), 'a')
  return {
    deps: {
      worktree: { prepare: async () => {}, files: () => files, sources: async () => files },
      log: () => {},
    },
    run: state,
    assignment: { base: 'b'.repeat(40), minutes: 30 },
    brief: { ...brief, checks, task: { ...brief.task, writes } },
    watch,
    transcript: transcript(
      (text) => text,
      () => {},
    ),
    redact: (text: string) => text,
  } as unknown as Attempt
}

it('tests are found by what they import, too', async () => {
  const files = memorySources({
    files: new Map([
      ['src/retry.ts', 'export const retry = 1\n'],
      ['test/flow.test.ts', "import { retry } from '../src/retry.ts'\n"],
      ['test/other.test.ts', "import { other } from '../src/other.ts'\n"],
    ]),
  })
  const { tests } = await lookUp(attemptWith({ files, writes: ['src/retry.ts'], checks: [] }))
  expect(tests).toEqual(['test/flow.test.ts'])
})

it('all checks together may take a third of the time, so that the work keeps the rest', async () => {
  const given: number[] = []
  const watch = stopwatch({
    sandbox: {
      name: 'slow',
      layers: false,
      refusedHosts: () => [],
      async run(_argv, { seconds }) {
        given.push(seconds)
        return { exitCode: 0, log: '', seconds: Math.min(seconds, 250), timedOut: seconds < 250 }
      },
    },
    worktree: '/tree',
    minutes: 30,
    signal: new AbortController().signal,
    env: {},
  })
  const checks = ['a', 'b', 'c', 'd'].map((of) => ({ of, argv: ['check', of], expect: '' }))
  const files = memorySources({ files: new Map() })
  const { baseline } = await lookUp(attemptWith({ files, writes: ['src/**'], checks, watch }))
  expect(given).toEqual([600, 350, 100])
  expect(baseline.map(({ ran }) => ran.timedOut)).toEqual([false, false, true, true])
  expect(watch.left()).toBe(1200)
})
