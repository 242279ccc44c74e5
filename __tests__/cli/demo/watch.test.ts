import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type { GitHubState } from '../../../src/cli/demo/github-state.ts'
import { watchProgress } from '../../../src/cli/demo/progress.ts'
import { unendedJobs } from '../../../src/cli/demo/run-demo.ts'
import { createDisplay } from '../../../src/cli/display.ts'
import { manualClock } from '../../support/clock.ts'

const nothing: GitHubState = { comments: [], pulls: [], checks: [], traces: '' }

/** A watch with 90 seconds of patience, on pages that are looked at every second of a clock that only the test moves. */
function watching(pages: (second: number) => GitHubState) {
  const clock = manualClock()
  const began = clock.now().getTime()
  const seconds = () => (clock.now().getTime() - began) / 1000
  const stop = new AbortController()
  const lines: string[] = []
  const terminal = {
    cwd: '/',
    env: {},
    command: 'tributary',
    home: '/',
    error: () => {},
    interruption: () => stop.signal,
  }
  const display = createDisplay({ ...terminal, out: (line) => lines.push(line) }, seconds)
  const checkNotStopped = ({ traces }: GitHubState) => {
    if (traces === 'stuck') throw new Error('the run stopped')
  }
  const limits = { standstillSeconds: 90, clock, signal: stop.signal, checkNotStopped }
  const watch = watchProgress(async () => pages(Math.floor(seconds())), display, limits)
  const waited = watch.until('the merge', ({ traces }) => (traces === 'merged' ? seconds() : null))
  /** Lets time pass as long as somebody waits. */
  const outcome = async (): Promise<unknown> => {
    let over: unknown
    const ended = waited.then(
      (at) => {
        over = at
      },
      (error: unknown) => {
        over = error instanceof Error ? error.message : error
      },
    )
    while (over === undefined) {
      await Promise.race([ended, clock.waiting()])
      if (over === undefined) clock.advance(1)
    }
    return over
  }
  return { outcome, stop, lines, watch }
}

describe('the patience of the demo', () => {
  it('ends when nothing has moved for a while, and says what it waited for', async () => {
    expect(await watching(() => nothing).outcome()).toBe('nothing changed for 90 s while it waited for the merge')
  })

  it('holds for hours as long as something moves: a log, a ref, a comment', async () => {
    const { outcome } = watching((second) => ({
      ...nothing,
      traces: second >= 7200 ? 'merged' : `${Math.floor(second / 80)}`,
    }))
    expect(await outcome()).toBe(7200)
  })

  it('begins again with what a person does', async () => {
    const { outcome, watch } = watching((second) => {
      if (second === 60 && watch.seconds() === 60) watch.say('admin', 'on #2: /approve')
      return second >= 140 ? { ...nothing, traces: 'merged' } : nothing
    })
    expect(await outcome()).toBe(140)
  })

  it('is not used up if the run needs somebody who does not play', async () => {
    const { outcome } = watching((second) => ({ ...nothing, traces: second >= 3 ? 'stuck' : '' }))
    expect(await outcome()).toBe('the run stopped')
  })

  it('ends at once when it is stopped', async () => {
    const { outcome, stop } = watching(() => nothing)
    stop.abort('SIGINT')
    expect(await outcome()).toBe('SIGINT')
  })
})

it('names the jobs that did not end, with their logs, in one sentence', async () => {
  const pages: Record<string, unknown[]> = {
    '/actions/runs': [
      { id: 1, display_title: 'one' },
      { id: 2, display_title: 'two' },
    ],
    '/actions/runs/1/jobs': [
      { id: 11, name: 'command', status: 'completed', conclusion: 'success' },
      { id: 12, name: 'work', status: 'completed', conclusion: 'skipped' },
    ],
    '/actions/runs/2/jobs': [
      { id: 21, name: 'orchestrate', status: 'in_progress', conclusion: null },
      { id: 22, name: 'slot r1.1', status: 'completed', conclusion: 'failure' },
    ],
  }
  const visitor = (known: typeof pages) => ({
    list: async <Item extends z.ZodType>(item: Item, path: string): Promise<z.infer<Item>[]> =>
      (known[path] ?? []).map((one) => item.parse(one)),
  })
  expect(await unendedJobs(visitor(pages), '/d/hub/logs')).toBe(
    'These jobs did not end or failed: orchestrate (in_progress): /d/hub/logs/21.log; slot r1.1 (failure): /d/hub/logs/22.log.',
  )
  expect(await unendedJobs(visitor({ ...pages, '/actions/runs/2/jobs': [] }), '/d/hub/logs')).toBeNull()
})
