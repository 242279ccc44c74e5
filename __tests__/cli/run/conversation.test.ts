import { describe, expect, it } from 'vitest'
import { createDisplay } from '../../../src/cli/display.ts'
import { answerOf, converse, type RunTerminal } from '../../../src/cli/run/conversation.ts'
import { progressLines, statusText } from '../../../src/cli/run/progress-lines.ts'
import { replyText, stoppedLines } from '../../../src/cli/run/result.ts'
import type { Look } from '../../../src/cli/run/watch.ts'
import type { RunEvent } from '../../../src/core/run/event.ts'
import { emptyRun, type RunState } from '../../../src/core/run/state.ts'
import { settingsSchema } from '../../../src/core/settings.ts'
import { hastyClock } from '../../support/hasty-clock.ts'
import { followed, planning } from '../../support/planning.ts'
import { afterwards, begun, failed, landedBy, proposed, running } from '../../support/run.ts'

/** Looks in turn, the last one again and again. */
async function talkedOver(
  looks: readonly RunState[],
  over: Partial<Pick<RunTerminal, 'ask'>> & { busy?: boolean } = {},
) {
  const lines: string[] = []
  const said: string[] = []
  const terminal = {
    cwd: '/',
    env: {},
    home: '/',
    command: 'tributary',
    out: (line: string) => void lines.push(line),
    error: () => {},
    interruption: () => new AbortController().signal,
  }
  const left = [...looks]
  const look = async (): Promise<Look> => {
    const [state = emptyRun] = left.length > 1 ? left.splice(0, 1) : left
    return { run: '42', state, events: [], isBusy: over.busy ?? false }
  }
  const clock = hastyClock()
  const ending = await converse({
    look,
    say: async (words) => void said.push(words),
    ask: over.ask ?? null,
    display: createDisplay(terminal, () => 0),
    clock,
    signal: new AbortController().signal,
  })
  return { ending: ending.kind, said, text: lines.join('\n'), waits: clock.waits.length }
}

const quick = settingsSchema.parse({ baseline: 'off' })
const plan = proposed('a > b', { title: 'Log as JSON' }, quick)
const id = plan.work.planId.slice(0, 12)
const over = followed(plan, { type: 'plan_rejected', why: '' })

describe('a conversation about a run', () => {
  it('shows the plan as a graph and its numbers, and approves it by its id after a yes', async () => {
    const asked: string[] = []
    const ask = async (question: string) => {
      asked.push(question)
      return 'y'
    }
    const { said, text, ending } = await talkedOver([emptyRun, plan, over], { ask })
    expect(asked).toEqual([`Approve plan ${id}? [y/N] `])
    expect(said).toEqual([`/approve ${id}`])
    expect(text).toContain(`Plan ${id}: Log as JSON`)
    expect(text).toContain('o b  <- a')
    expect(text).toContain('2 tasks, at most 1 at once')
    expect(ending).toBe('over')
  })

  it.each(['n', '', 'yep', null])('leaves the plan as it is after %j', async (answer) => {
    const { said, ending } = await talkedOver([plan], { ask: async () => answer })
    expect([said, ending]).toEqual([[], 'left'])
  })

  it('asks nothing if everything was agreed to before', async () => {
    const { said } = await talkedOver([plan, over])
    expect(said).toEqual([`/approve ${id}`])
  })

  it('asks the same once, and stops when nothing comes of it', async () => {
    const { said, ending, waits } = await talkedOver([plan])
    expect([said, ending]).toEqual([[`/approve ${id}`], 'stopped'])
    expect(waits).toBeLessThan(10)
  })

  it('lets a person see what the checks do on the base first, for a minute at most', async () => {
    const unchecked: RunState = { ...proposed('a'), askerMayApprove: true }
    const soon = await talkedOver([unchecked, unchecked, plan, over], { ask: async () => 'y' })
    expect(soon.said).toEqual([`/approve ${id}`])
    const never = [...Array.from({ length: 250 }, () => unchecked), over]
    const { said, waits } = await talkedOver(never, { ask: async () => 'y', busy: true })
    expect(said).toHaveLength(1)
    expect(waits).toBeGreaterThan(200)
  })

  it('asks the questions of the planner, and answers by letter, in words, or with the default', async () => {
    const questions = [
      { id: 'q1', question: 'Which format?', options: ['JSON', 'XML'], default: 'JSON' },
      { id: 'q2', question: 'Which level?', options: [], default: 'info' },
      { id: 'q3', question: 'Colours?', options: ['yes', 'no'], default: 'no' },
    ]
    const answers = ['B', 'debug; and trace', '']
    const asks = followed(planning(), { type: 'questions_asked', questions })
    const { said, text } = await talkedOver([asks, over], { ask: async () => answers.shift() ?? null })
    expect(said).toEqual(['/answer 1b; 2: debug; and trace'])
    expect(text).toContain('1. Which format?')
    expect(text).toContain('  b  XML')
    expect((await talkedOver([asks, over])).said).toEqual(['/answer defaults'])
  })
})

it('an answer is a letter only if the question has that option', () => {
  expect(answerOf('b', { options: ['x', 'y'] }, 0)).toEqual(['1b'])
  expect(answerOf('c', { options: ['x', 'y'] }, 0)).toEqual(['1: c'])
  expect(answerOf('two\nlines', { options: [] }, 4)).toEqual(['5: two lines'])
  expect(answerOf('  ', { options: ['x'] }, 0)).toEqual([])
})

describe('progress', () => {
  const state = running('a, b')

  it('has a line for what happens to tasks, and none for what only the machine does', () => {
    const events: RunEvent[] = [
      ...landedBy(state, 'a'),
      { type: 'orchestrator_left', at: '', by: 'tributary', why: 'waiting' },
    ]
    expect(progressLines(events)).toEqual([
      { text: 'a started in r1.1', tone: 'plain' },
      { text: 'a verified: work 1 s, acceptance 1 s', tone: 'plain' },
      { text: 'a landed', tone: 'good' },
    ])
  })

  it('says how far it is, and what each slot works on', () => {
    expect(statusText(afterwards(state, ...begun(state, 'a', 'r1.2')))).toBe(
      '0 of 2 tasks landed, 1 at work, 1 to come, r1.2: a',
    )
  })
})

describe('a run that stops', () => {
  it('says why, and what can be typed on its page', () => {
    const lines = stoppedLines(failed(running('a'), 'a'), null)
    expect(lines[0]).toMatch(/^Stopped: 0 of 1 task landed, 1 failed\. /)
    expect(lines[1]).toBe('a: its command ended with exit code 3')
    expect(lines.join('\n')).toContain('/retry a -- note retries a')
  })

  it('says what was answered if it never began', () => {
    expect(stoppedLines(emptyRun, null)).toEqual(['Nothing came of it.'])
    const reply = '<!-- tributary:x -->\n## No\nType `/plan` again.\n\n<sub>`not-permitted`</sub>'
    expect(stoppedLines(emptyRun, reply)).toEqual(['No\nType /plan again.'])
    expect(replyText(reply)).not.toContain('<')
  })
})
