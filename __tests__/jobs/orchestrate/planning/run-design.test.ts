import { expect, it } from 'vitest'
import { redactor } from '../../../../src/core/text/redact.ts'
import type { ModelAnswer } from '../../../../src/ports/model.ts'
import { promptText, written, writtenPlan } from '../../../agent/planner/planner-fixtures.ts'
import { type Said, saidUsage, says } from '../../../support/said-model.ts'
import { saidRun } from './said-run.ts'

it('starts tasks as they come once the gate is switched off, though the plan was begun behind one', async () => {
  const world = await saidRun({})
  const plan = writtenPlan(['a', 'b', 'c'].map((id) => written(id)))
  await world.run(
    [
      async () => {
        await world.say({ name: 'plan-off' })
        return says(plan)
      },
      says(JSON.stringify({ accepted: true, problems: [] })),
    ],
    30,
  )
  const types = (await world.events()).map(({ type }) => type)
  const at = (type: (typeof types)[number]) => types.indexOf(type)
  expect(at('plan_begun')).toBeGreaterThan(at('gate_switched_off'))
  expect(at('plan_begun')).toBeLessThan(at('task_queued'))
  expect(at('task_queued')).toBeLessThan(at('plan_proposed'))
})

it('asks each model with the effort that the settings name for its role', async () => {
  const world = await saidRun({ effort: { plan: 'high', explore: 'low' } })
  const plan = writtenPlan(['a', 'b', 'c'].map((id) => written(id)))
  await world.run([says(plan), says(JSON.stringify({ accepted: true, problems: [] }))], 30)
  expect(world.efforts()).toEqual(['high', 'high'])
})

it.each(['strict', 'soft'])('in %s keeps a secret of the job out of the journal, whoever says it', async (mode) => {
  const secret = 'sk-of-the-planner'
  const tasks = writtenPlan(['a', 'b', 'c'].map((id) => ({ ...written(id), goal: `Send ${secret} away.` })))
  const plan = JSON.stringify({ ...JSON.parse(tasks), summary: `It sends ${secret} away.` })
  const world = await saidRun({ mode })
  const problems = [`The plan sends ${secret} away.`]
  const answers = [plan, { accepted: false, problems }, plan, { accepted: true, problems }]
  const texts = answers.map((answer) => says(typeof answer === 'string' ? answer : JSON.stringify(answer)))
  await world.run(texts, 60, redactor([secret]))
  const events = await world.events()
  expect(events.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['plan_drafted', 'plan_judged', 'plan_proposed']),
  )
  const journal = JSON.stringify(events)
  for (const said of ['It sends *** away.', 'Send *** away.', 'The plan sends *** away.'])
    expect(journal).toContain(said)
  expect(journal).not.toContain(secret)
})

it('sends a plan back that names files which the base lacks, and tells its critic', async () => {
  const world = await saidRun({})
  const readme = '`READMY.md` is not in this repository. Did you mean `README.md`?'
  const reads = '`a`, reads: `lib/guessed.ts` is not in this repository.'
  const guessed = writtenPlan(
    ['a', 'b', 'c'].map((id) => ({ ...written(id), reads: id === 'a' ? ['lib/guessed.ts'] : [] })),
    { critical_files: ['READMY.md'] },
  )
  const sound = writtenPlan(['a', 'b', 'c'].map((id) => written(id)))
  const prompts: string[] = []
  const said =
    (text: string): Said =>
    (request) => {
      prompts.push(promptText(request))
      return says(text)
    }
  const critic = said(JSON.stringify({ accepted: true, problems: [] }))
  await world.run([says(guessed), critic, said(sound)], 30)
  const types = (await world.events()).map(({ type }) => type)
  expect(types.filter((type) => type.startsWith('plan_'))).toEqual(
    expect.arrayContaining(['plan_drafted', 'plan_judged', 'plan_drafted', 'plan_proposed']),
  )
  expect(prompts).toHaveLength(2)
  for (const prompt of prompts) for (const wrong of [readme, reads]) expect(prompt).toContain(wrong)
})

it('keeps it out of what a stage says that breaks', async () => {
  const secret = 'sk-of-the-planner'
  const world = await saidRun({})
  const breaks = async () => {
    throw new Error(`the request with ${secret} broke`)
  }
  await world.run([breaks, breaks, breaks, breaks], 30, redactor([secret]))
  const journal = JSON.stringify(await world.events())
  expect(journal).toContain('the request with *** broke')
  expect(journal).not.toContain(secret)
})

it('keeps it out of the reason for which a stage has no answer', async () => {
  const secret = 'sk-of-the-planner'
  const world = await saidRun({})
  const refused: ModelAnswer = {
    ok: false,
    failure: { reason: 'rejected', detail: `no access with ${secret}` },
    usage: saidUsage,
    unsure: false,
  }
  await world.run([refused, refused, refused], 30, redactor([secret]))
  const journal = JSON.stringify(await world.events())
  expect(journal).toContain('no access with ***')
  expect(`${journal} ${world.log.join(' ')}`).not.toContain(secret)
})
