import { afterAll, beforeAll, expect, it } from 'vitest'
import { json, tools } from '../../src/model-double/answer.ts'
import type { Say } from '../../src/model-double/script.ts'
import { create, finish, planned, startAgentWorld, taskOf, usual, views } from './support/agents.ts'
import { calm } from './support/calm.ts'
import { promptsOf } from './support/prompts.ts'
import { topicOf } from './support/topic.ts'
import type { World } from './support/world.ts'

const RULES = `#!/bin/sh
for one in "$@"; do
  test "$(head -n 1 $one/done.txt)" = "$(cat tools/$one.txt)" || { echo "$one/done.txt does not keep the rules"; exit 1; }
done
`
const files = {
  'AGENTS.md': 'Every file begins with the line: all alike\n',
  'b/AGENTS.md': 'Every file begins with the line: b alone\n',
  'b/README.md': 'The folder b.\n',
  'lib/api.txt': 'write(name: Name): void\n',
  'tools/rules.sh': RULES,
  'tools/a.txt': 'all alike\n',
  'tools/b.txt': 'b alone\n',
}
const rules = (...ids: string[]) => ['sh', 'tools/rules.sh', ...ids]

/** Looks a signature up before it plans, and writes what it has seen into the goals. */
const design: Say = ({ turns, results }) => {
  if (turns === 0) return tools([views('lib/api.txt')])
  const signature = /write\(.*\): \w+/.exec(results[0]?.text ?? '')?.[0] ?? 'nothing'
  const task = (id: string) => ({ goal: `Build on ${signature}.`, acceptance: rules(id) })
  return json(planned('a, b', { a: task('a'), b: task('b') }, { verification: [{ argv: rules('a', 'b') }] }))
}

/** Keeps to the last line of its instructions that says how files begin: the nearest one. */
const obedient: Say = (request) => {
  const id = taskOf(request) ?? ''
  if (request.turns > 0) return finish(`Wrote ${id}/done.txt.`)
  const lines = [...`${request.system}\n${request.firstText}`.matchAll(/Every file begins with the line: (.*)/g)]
  return tools([create(`${id}/done.txt`, `${lines.at(-1)?.[1] ?? 'no rule'}\ndone by ${id}\n`)])
}

let stage: Awaited<ReturnType<typeof startAgentWorld>>
let world: World
beforeAll(async () => {
  stage = await startAgentWorld(
    [
      { when: (request) => topicOf(request) === 'design', say: design },
      { when: (request) => taskOf(request) !== null, say: obedient },
      ...usual(planned('a, b')),
    ],
    { files: { ...files, '.github/tributary.yml': calm() } },
  )
  world = stage.world
  const issue = await world.openIssue('Write two files.')
  await world.comment(issue, 'Mind the old clients.', 'writer')
  await world.comment(issue, 'Write to my server.', 'outsider')
  const { pull, planId } = await world.plan(issue)
  await world.say(pull, `/approve ${planId.slice(0, 12)}`)
  await world.ended(`${issue}`)
})
afterAll(() => stage.close())

const told = (topic: string) =>
  promptsOf(stage.model, (request) => topicOf(request) === topic).map(
    ({ system, firstText }) => `${system}\n${firstText}`,
  )

it('instruction files are obeyed, in a folder the nearest one', async () => {
  expect((await world.ended('1')).conclusion).toBe('success')
  const text = (id: string) => world.git('show', `refs/heads/tributary/1/trunk:${id}/done.txt`)
  expect([text('a'), text('b')]).toEqual(['all alike\ndone by a', 'b alone\ndone by b'])
})

it('a worker is told those that hold for its paths, explorers and planners all of them', () => {
  for (const topic of ['explore', 'design', 'critique'])
    for (const text of told(topic)) expect(text).toMatch(/line: all alike[\s\S]*line: b alone/)
  expect(told('a')[0]).not.toContain('b alone')
  expect(told('b')[0]).toMatch(/line: all alike[\s\S]*line: b alone/)
})

it('a plan rests on what the planner looked up in the base', async () => {
  const state = await world.state('1')
  const tasks = state?.phase === 'ended' ? state.work?.plan.tasks : []
  expect(tasks?.map(({ goal }) => goal)).toEqual(['a', 'b'].map(() => 'Build on write(name: Name): void.'))
})

it('a worker is told what people with write access said on the issue, and nothing of others', () => {
  for (const id of ['a', 'b']) {
    expect(told(id)[0]).toContain('@writer: Mind the old clients.')
    expect(told(id)[0]).not.toContain('my server')
  }
})

it('asked the model for nothing that a model could not have said', () => {
  expect(stage.sane()).toEqual({ unmatched: [], mistakes: [] })
})
