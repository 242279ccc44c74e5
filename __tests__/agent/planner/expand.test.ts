import { describe, expect, it } from 'vitest'
import { expand } from '../../../src/agent/planner/expand.ts'
import type { PlannedTask } from '../../../src/agent/planner/plan-schema.ts'
import { replan } from '../../../src/agent/planner/replan.ts'
import type { TaskFailure } from '../../../src/core/failure.ts'
import { lintPlan } from '../../../src/core/plan/lint.ts'
import type { Plan, Task } from '../../../src/core/plan/plan.ts'
import { goesBeyond, withExpansion, withReplacement } from '../../../src/core/run/amend-plan.ts'
import type { HandOff } from '../../../src/core/run/hand-off.ts'
import { defaultSettings } from '../../../src/core/settings.ts'
import { gate } from '../../support/plan.ts'
import { agentPlan } from '../../support/planning.ts'
import { saidModel, says } from '../../support/said-model.ts'
import {
  exploration,
  input,
  metered,
  neverAborted,
  promptText,
  schemaRefusal,
  sources,
  written,
} from './planner-fixtures.ts'

const handOff = (did: string): HandOff => ({
  did,
  files: ['a/x.ts'],
  interfaces: ['retry(times)'],
  decisions: [],
  caveats: [],
  follow_ups: [],
  check: 'npm test passed',
})
const handOffs = new Map([
  ['a', handOff('Did a.\nAt length.')],
  ['z', handOff('Did z.\nAt length too.')],
])
const edges = (tasks: readonly Task[]) => tasks.map(({ id, needs }) => [id, ...needs].join(' < ')).join(', ')

const open: Partial<Task> = { kind: 'plan', writes: ['p/**'], acceptance: { argv: [], expect: '' } }
const plan = agentPlan('z > a > p > d, x', { verification: [{ argv: ['npm', 'test'] }], tasks: { p: open } })
const taskIn = (id: string): Task => plan.tasks.find((task) => task.id === id) ?? expect.fail()
const within = (id: string, over: Partial<PlannedTask> = {}) => written(id, { writes: [`p/${id}/**`], ...over })

async function expanded(...answers: PlannedTask[][]) {
  const model = saidModel(answers.map((tasks) => says(JSON.stringify({ tasks }))))
  const request = {
    metered: metered(model),
    model: 'strong',
    sources,
    input: input(),
    plan,
    handOffs,
    scope: exploration,
  }
  return { result: await expand({ ...request, task: taskIn('p') }, neverAborted), model }
}
const tasksOf = (result: { ok: boolean; tasks?: Task[]; why?: string }): Task[] =>
  result.tasks ?? expect.fail(result.why ?? '')

describe('a task that becomes tasks', () => {
  it('has tasks with ids of its own, whatever they were called', async () => {
    const { result } = await expanded([within('one'), within('p-two', { needs: ['one', 'a'] })])
    expect(edges(tasksOf(result))).toBe('p-one, p-two < p-one < a')
    expect(tasksOf(result)[0]).toMatchObject({ run: [], timeout_minutes: defaultSettings.limits.task_minutes })
  })
  it('fits into the plan, within what was approved', async () => {
    const tasks = tasksOf((await expanded([within('one'), within('two', { needs: ['one'] })])).result)
    const linted = lintPlan(withExpansion(plan, 'p', tasks), defaultSettings)
    expect(linted.problems).toEqual([])
    expect(edges(linted.plan.tasks)).toBe('z, a < z, p < a, p-one < p, p-two < p-one, d < p < p-two, x')
    expect(goesBeyond({ plan, approved: null, tasks: {} }, tasks)).toEqual([])
  })
  it('may go beyond what was approved, which is then seen', async () => {
    const tasks = tasksOf((await expanded([within('one', { writes: ['elsewhere/**'] })])).result)
    expect(goesBeyond({ plan, approved: null, tasks: {} }, tasks)).toEqual([
      '`p-one` may write `elsewhere/**`, which the approved plan does not',
    ])
  })
  it('has them wait for each other and for what is there where their paths overlap, and says so', async () => {
    const { result } = await expanded([
      within('one', { writes: ['p/**'] }),
      within('two', { writes: ['p/x', 'x/new'] }),
    ])
    expect(edges(tasksOf(result))).toBe('p-one, p-two < p-one < x')
    expect(result.ok && result.notes).toEqual([
      '`p-two` waits for `p-one`: `p/**` and `p/x` can be the same path',
      '`p-two` waits for `x`, which can write the same path',
    ])
  })
  it('has them wait for each other also where they wait for others already', async () => {
    const { result } = await expanded([within('one'), within('two', { needs: ['a'], writes: ['p/one/x'] })])
    expect(edges(tasksOf(result))).toBe('p-one, p-two < a < p-one')
  })
  it('leaves out needs that are met already', async () =>
    expect(edges(tasksOf((await expanded([within('one', { needs: ['z', 'p'] })])).result))).toBe('p-one'))
  it.each([
    ['needs what is not theirs', [within('one', { needs: ['x'] })], '`p-one` needs `x`, which is neither'],
    ['need what waits for them', [within('one', { needs: ['d'] })], '`p-one` needs `d`'],
    ['write what is protected', [within('one', { writes: ['.git/config'] })], 'no task may write'],
    ['need a later one', [within('one', { needs: ['two'] }), within('two')], 'There is no task `p-two`'],
    ['have the same id', [within('one'), within('one')], 'both named `p-one`'],
    ['are none', [], 'There is no task'],
  ])('is asked for once more when they %s', async (_what, wrong, words) => {
    const { result, model } = await expanded(wrong, [within('one')])
    expect(result.ok).toBe(true)
    expect(promptText(model.requests[1] ?? expect.fail())).toContain(words)
    expect((await expanded(wrong, wrong)).result).toMatchObject({ ok: false, why: expect.stringContaining(words) })
  })
  it('is told what was found and handed off: in full by what it needs, in a line by others', async () => {
    const { model } = await expanded([within('one')])
    expect(schemaRefusal(model.requests[0] ?? expect.fail())).toBeNull()
    const prompt = promptText(model.requests[0] ?? expect.fail())
    for (const words of ['send(request)', 'Did a.\nAt length.', 'retry(times)', 'z: Did z.', '["npm","test"]'])
      expect(prompt).toContain(words)
    expect(prompt).not.toContain('At length too')
  })
})

const broken = agentPlan('a > f > d > e, f > k, a > x')
const failure: TaskFailure = { reason: 'acceptance-failed', exitCode: 1, log: 'expected 3, got 4' }
const brokenTask = (id: string): Task => broken.tasks.find((task) => task.id === id) ?? expect.fail()

type Anew = { diagnosis?: string; keep?: string[]; tasks: PlannedTask[] }

const replanned = (...answers: Anew[]) => replannedIn(broken, ['f', 'd', 'e', 'k'], ...answers)

async function replannedIn(broken: Plan, waiting: string[], ...answers: Anew[]) {
  const brokenTask = (id: string): Task => broken.tasks.find((task) => task.id === id) ?? expect.fail()
  const model = saidModel(answers.map((one) => says(JSON.stringify({ diagnosis: 'Wrong format.', keep: [], ...one }))))
  const failed = { task: brokenTask('f'), failures: [failure, failure], diff: '+ wrong line' }
  const replaceable = waiting.map(brokenTask)
  const request = {
    metered: metered(model),
    model: 'strong',
    sources,
    input: input(),
    plan: broken,
    failed,
    replaceable,
    handOffs,
  }
  return { result: await replan(request, neverAborted), model }
}
const replaced = (tasks: readonly Task[]) =>
  lintPlan(withReplacement(broken, 'f', ['f', 'd', 'e', 'k'], tasks), defaultSettings)

describe('a failed task that is planned again', () => {
  it('keeps waiting tasks, which then wait for the last of the new ones', async () => {
    const { result } = await replanned({
      keep: ['d', 'e'],
      tasks: [within('n1'), within('n2', { needs: ['n1', 'x'] })],
    })
    expect(edges(tasksOf(result))).toBe('f-n1, f-n2 < f-n1 < x, d < f-n2, e < d')
    expect(edges(replaced(tasksOf(result)).plan.tasks)).toBe('a, f-n1 < a, x < a, f-n2 < f-n1 < x, d < f-n2, e < d')
  })
  it('leaves finished tasks and those beside it to the letter as they were', async () => {
    const { plan: next, problems } = replaced(tasksOf((await replanned({ tasks: [within('n1')] })).result))
    expect(problems).toEqual([])
    for (const id of ['a', 'x']) expect(next.tasks.find((task) => task.id === id)).toEqual(brokenTask(id))
    expect(next.tasks.map(({ id }) => id)).toEqual(['a', 'f-n1', 'x'])
  })
  it('says why', async () =>
    expect((await replanned({ tasks: [within('n1')] })).result).toMatchObject({
      notes: ['`f` is planned again: Wrong format.'],
    }))
  it('does not keep the failed task itself, nor one that is not its to keep', async () =>
    expect(edges(tasksOf((await replanned({ keep: ['f', 'a', 'x'], tasks: [within('n1')] })).result))).toBe('f-n1'))
  it.each([
    ['need the failed task', { tasks: [within('n1', { needs: ['f'] })] }, 'There is no task `f`'],
    ['need what waits for them', { keep: ['d'], tasks: [within('n1', { needs: ['d'] })] }, 'There is no task `d`'],
    ['are none', { keep: ['d'], tasks: [] }, 'instead of the failed one'],
  ])('is asked for once more when the tasks %s', async (_what, wrong, words) => {
    const { result, model } = await replanned(wrong, { tasks: [within('n1')] })
    expect(result.ok).toBe(true)
    expect(promptText(model.requests[1] ?? expect.fail())).toContain(words)
  })
  it('leaves no gate and no check out, and nothing behind a gate, whatever is to be kept', async () => {
    const held = agentPlan('f > g > d, f > v, f > k', { tasks: { g: gate, v: { kind: 'verify', writes: [] } } })
    const waiting = ['f', 'g', 'd', 'v', 'k']
    const tasks = tasksOf((await replannedIn(held, waiting, { tasks: [within('n1')] })).result)
    expect(edges(tasks)).toBe('f-n1, g < f-n1, d < g, v < f-n1')
    const next = lintPlan(withReplacement(held, 'f', waiting, tasks), defaultSettings)
    expect([next.problems, edges(next.plan.tasks)]).toEqual([[], 'f-n1, g < f-n1, d < g, v < f-n1'])
  })
  it('is told how it failed, and what it left', async () => {
    const { model } = await replanned({ tasks: [within('n1')] })
    expect(schemaRefusal(model.requests[0] ?? expect.fail())).toBeNull()
    const prompt = promptText(model.requests[0] ?? expect.fail())
    for (const words of ['Attempt 2: the acceptance failed with exit code 1', 'expected 3, got 4', '+ wrong line'])
      expect(prompt).toContain(words)
  })
})
