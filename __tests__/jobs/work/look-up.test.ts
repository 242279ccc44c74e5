import { expect, it } from 'vitest'
import { transcript } from '../../../src/agent/worker/transcript.ts'
import { briefOf } from '../../../src/core/schedule/brief.ts'
import { lookUp } from '../../../src/jobs/work/agent-attempt.ts'
import type { Attempt } from '../../../src/jobs/work/attempt.ts'
import { stopwatch } from '../../../src/jobs/work/commands.ts'
import { memorySources } from '../../support/memory/files.ts'
import { agentsAtWork, followed } from '../../support/planning.ts'
import { begun } from '../../support/run.ts'

it('all checks together may take a third of the time, so that the work keeps the rest', async () => {
  const given: number[] = []
  const watch = stopwatch({
    sandbox: {
      name: 'slow',
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
  const state = agentsAtWork('a')
  const brief = briefOf(followed<typeof state>(state, ...begun(state, 'a')), 'a')
  const checks = ['a', 'b', 'c', 'd'].map((of) => ({ of, argv: ['check', of], expect: '' }))
  const attempt = {
    deps: {
      worktree: {
        prepare: async () => {},
        files: () => memorySources({ files: new Map() }),
        sources: async () => memorySources({ files: new Map() }),
      },
      log: () => {},
    },
    run: state,
    assignment: { base: 'b'.repeat(40), minutes: 30 },
    brief: { ...brief, checks },
    watch,
    transcript: transcript(
      (text) => text,
      () => {},
    ),
    redact: (text: string) => text,
  } as unknown as Attempt
  const { baseline } = await lookUp(attempt)
  expect(given).toEqual([600, 350, 100])
  expect(baseline.map(({ ran }) => ran.timedOut)).toEqual([false, false, true, true])
  expect(watch.left()).toBe(1200)
})
