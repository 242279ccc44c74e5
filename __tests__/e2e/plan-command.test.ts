import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RunEvent } from '../../src/core/run/event.ts'
import { planned } from './support/agents.ts'
import { SETTINGS } from './support/repository.ts'
import { eventsOf, startWorld, type World } from './support/world.ts'

/** Needs a task that is not there, until the brief says what is wrong with that. */
const PLANNER = `
import { readFileSync } from 'node:fs'
const prompt = readFileSync(process.argv[2], 'utf8')
const plan = ${JSON.stringify(planned('a, b'))}
if (!prompt.includes('What is wrong with it and must be fixed:')) plan.tasks[1].needs = ['nobody']
console.error(prompt.length)
console.log('\`\`\`json\\n' + JSON.stringify(plan) + '\\n\`\`\`')
`
const WORKER = `
import { mkdirSync, writeFileSync } from 'node:fs'
const id = process.env.TRIBUTARY_TASK
mkdirSync(id, { recursive: true })
writeFileSync(id + '/done.txt', 'done by ' + id + '\\n')
`
const PROGRAMS = `plan: { command: [node, tools/planner.mjs, '{prompt_file}'] }
worker: { command: [node, tools/worker.mjs, '{prompt_file}'] }
`

let world: World
let events: RunEvent[]
beforeAll(async () => {
  world = await startWorld({
    files: {
      'tools/planner.mjs': PLANNER,
      'tools/worker.mjs': WORKER,
      '.github/tributary.yml': `${SETTINGS.replace('start: 4', 'start: 2')}${PROGRAMS}`,
    },
  })
  const issue = await world.openIssue('Please write two files.')
  const { pull, planId } = await world.plan(issue)
  await world.say(pull, `/approve ${planId}`)
  await world.ended(`${issue}`)
  events = await world.events(`${issue}`)
})
afterAll(() => world?.close())

it('plans by a program in a slot, without a key, tells it once what is wrong, and works as approved', () => {
  const tries = eventsOf(events, 'plan_command_started').map(({ attempt }) => attempt)
  expect(tries).toEqual([1, 2])
  const [first, second] = eventsOf(events, 'plan_drafted')
  expect(first?.problems.join()).toContain('nobody')
  expect(second?.problems).toEqual([])
  expect(eventsOf(events, 'money_reserved')).toEqual([])
  const types = events.map(({ type }) => type)
  expect(types.indexOf('plan_proposed')).toBeLessThan(types.indexOf('task_started'))
  expect(types.indexOf('plan_approved')).toBeLessThan(types.indexOf('task_started'))
  for (const id of ['a', 'b'])
    expect(world.git('show', `refs/heads/tributary/1/trunk:${id}/done.txt`)).toBe(`done by ${id}`)
})
