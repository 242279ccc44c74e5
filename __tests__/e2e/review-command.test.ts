import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/core/run/event.ts'
import { json } from '../../src/model-double/answer.ts'
import { asksFor, startAgentWorld } from './support/agents.ts'
import { calm } from './support/calm.ts'
import { threadOf } from './support/picture.ts'
import { promptsOf } from './support/prompts.ts'
import { eventsOf } from './support/world.ts'

const FINDING = 'a/done.txt: say who asked for it.'
/** Another agent: it writes its file, and adds what a reviewer has found once its brief says so. */
const WORKER = `
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
const prompt = readFileSync(process.argv[2], 'utf8')
const id = process.env.TRIBUTARY_TASK
mkdirSync(id, { recursive: true })
writeFileSync(id + '/done.txt', 'done by ' + id + (prompt.includes(${JSON.stringify(FINDING)}) ? ' as asked' : '') + '\\n')
`
const PLAN = `Please write one file.

\`\`\`tributary
title: One file
tasks:
  - id: a
    title: Write a
    goal: Write a/done.txt.
    writes: [a/**]
    acceptance: [sh, tools/check.sh, a]
\`\`\`
`
const isReview = asksFor('briefs')

let stage: Awaited<ReturnType<typeof startAgentWorld>>
let run: string
let events: RunEvent[]
beforeAll(async () => {
  stage = await startAgentWorld(
    [{ when: isReview, say: json({ findings: [FINDING], verdict: 'send_back', briefs: [] }) }],
    {
      files: {
        'tools/worker.mjs': WORKER,
        '.github/tributary.yml': calm("worker: { command: [node, tools/worker.mjs, '{prompt_file}'] }", 'review: all'),
      },
    },
  )
  const { world } = stage
  const issue = await world.openIssue(PLAN)
  run = `${issue}`
  const { pull, planId } = await world.plan(issue)
  await world.say(pull, `/approve ${planId}`)
  await world.ended(run)
  events = await world.events(run)
})
afterAll(() => stage?.close())

describe('the work of another agent (`worker.command`)', () => {
  it('is reviewed by the model too, without its hand-off, which it does not make', () => {
    const [review, ...more] = promptsOf(stage.model, isReview)
    expect(more).toEqual([])
    for (const part of ['Write a/done.txt.', '+done by a', 'The acceptance ["sh","tools/check.sh","a"] has passed'])
      expect(review?.firstText).toContain(part)
    expect(eventsOf(events, 'task_verified').map(({ review: why }) => why)).toEqual([['all'], undefined])
  })

  it('is sent back once with the findings in its prompt file, and lands then by its acceptance', () => {
    expect(eventsOf(events, 'task_reviewed')).toMatchObject([{ attempt: 1, verdict: 'sent-back', findings: [FINDING] }])
    expect(eventsOf(events, 'task_landed')).toMatchObject([{ task: 'a', attempt: 2 }])
    expect(stage.world.git('show', `refs/heads/tributary/${run}/trunk:a/done.txt`)).toBe('done by a as asked')
  })

  it('costs what the review costs, and the final pull request says that a model reviewed', async () => {
    const state = await stage.world.state(run)
    if (state === null || state.phase === 'empty') throw new Error('there is no run')
    expect(Object.keys(state.ledger.spent)).toEqual(['review:a#1'])
    const { world } = stage
    const { data } = await world.admin.rest.pulls.get({ ...world.at, pull_number: threadOf(state) })
    expect(data.body).toContain('**Reviewed by a model before it landed**')
    expect(stage.sane()).toEqual({ unmatched: [], mistakes: [] })
  })
})
