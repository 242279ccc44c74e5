import { describe, expect, it } from 'vitest'
import { mayStart } from '../../../src/core/landing/gate.ts'
import { lintPlan } from '../../../src/core/plan/lint.ts'
import type { Plan, Task } from '../../../src/core/plan/plan.ts'
import {
  afterOverlapping,
  goesBeyond,
  replaceable,
  withExpansion,
  withReplacement,
} from '../../../src/core/run/amend-plan.ts'
import type { ActiveRun } from '../../../src/core/run/state.ts'
import { defaultSettings } from '../../../src/core/settings.ts'
import { gate } from '../../support/plan.ts'
import { agentPlan, agentsAtWork, agentTask, followed, idOf, planning, proposal } from '../../support/planning.ts'
import { cases, printedSeed, randomOf } from '../../support/random.ts'
import { landed } from '../../support/run.ts'

const edges = (plan: Plan) => plan.tasks.map(({ id, needs }) => [id, ...needs].join(' < ')).join(', ')
const ids = (plan: Plan) => plan.tasks.map(({ id }) => id)
const taskIn = (plan: Plan, id: string) => plan.tasks.find((task) => task.id === id)

/** Every need stands before the task that has it. */
function isOrdered(plan: Plan): boolean {
  const seen = new Set<string>()
  return plan.tasks.every(({ id, needs }) => {
    const met = needs.every((need) => seen.has(need))
    seen.add(id)
    return met
  })
}

describe('a plan that grew', () => {
  const plan = agentPlan('a > p > d, a > x', { tasks: { p: { kind: 'plan', writes: ['p/**'] } } })
  const grown = withExpansion(plan, 'p', [
    agentTask('p-1', { writes: ['p/1'] }),
    agentTask('p-2', { writes: ['p/2'] }),
    agentTask('p-3', { writes: ['p/3'], needs: ['p-1'] }),
  ])
  it('has the new tasks right behind the one that they stand for, and what waited for it waits for their last', () =>
    expect(edges(grown)).toBe('a, p < a, p-1 < p, p-2 < p, p-3 < p-1, d < p < p-2 < p-3, x < a'))
  it('leaves every other task as it was', () => {
    for (const id of ['a', 'p', 'x']) expect(taskIn(grown, id)).toBe(taskIn(plan, id))
  })
  it('has nothing that lint would still change', () => {
    const { plan: linted, problems, notes } = lintPlan(grown, defaultSettings)
    expect({ problems, notes, plan: linted }).toEqual({ problems: [], notes: [], plan: grown })
  })
  it('comes back the same when the same tasks are put in again', () => {
    const tasks = grown.tasks.filter(({ id }) => id.startsWith('p-'))
    expect(withExpansion(plan, 'p', tasks)).toEqual(grown)
  })
  it('lets a new task wait for what is there already and can write its path, never the other way round', () => {
    const beside = withExpansion(plan, 'p', [agentTask('p-1', { writes: ['x/new.ts'] })])
    expect(edges(beside)).toBe('a, p < a, x < a, p-1 < p < x, d < p < p-1')
    expect(taskIn(beside, 'x')).toBe(taskIn(plan, 'x'))
    expect(lintPlan(beside, defaultSettings).notes).toEqual([])
  })
})

describe('a plan with a part again', () => {
  const plan = agentPlan('a > f > d > e, f > k, x')
  it('has other tasks for the failed one and for those behind it', () => {
    const next = withReplacement(
      plan,
      'f',
      ['f', 'd', 'e', 'k'],
      [agentTask('f-1'), agentTask('f-2', { needs: ['f-1'] })],
    )
    expect(edges(next)).toBe('a, f-1 < a, f-2 < f-1, x')
    for (const id of ['a', 'x']) expect(taskIn(next, id)).toBe(taskIn(plan, id))
  })
  it('lets what stays wait for the last of the new ones', () => {
    const next = withReplacement(plan, 'f', ['f'], [agentTask('f-1'), agentTask('f-2')])
    expect(edges(next)).toBe('a, f-1 < a, f-2 < a, d < f-1 < f-2, e < d, k < f-1 < f-2, x')
  })
  it('takes a waiting task back in', () => {
    const kept = { ...agentTask('k'), needs: ['f-1'] }
    const next = withReplacement(plan, 'f', ['f', 'd', 'e', 'k'], [agentTask('f-1'), kept])
    expect(edges(next)).toBe('a, f-1 < a, k < f-1, x')
  })
  it('can lean on tasks that stand later in the plan', () => {
    const next = withReplacement(plan, 'f', ['f', 'd', 'e', 'k'], [agentTask('f-1', { needs: ['x'] })])
    expect(edges(next)).toBe('a, x, f-1 < x < a')
  })
})

it('keeps every need before the task that has it, and the rest untouched, whatever grows', () => {
  const random = randomOf(printedSeed())
  for (let round = 0; round < cases(200); round++) {
    const size = 3 + random(8)
    const tasks: Task[] = Array.from({ length: size }, (_, index) =>
      agentTask(`t${index}`, {
        needs: Array.from({ length: index }, (_need, need) => `t${need}`).filter(() => random(3) === 0),
        writes: [`d${random(size)}/**`],
      }),
    )
    const { plan } = lintPlan({ ...agentPlan('a'), tasks }, defaultSettings)
    const of = `t${random(size)}`
    const added = Array.from({ length: 1 + random(4) }, (_, index) =>
      agentTask(`${of}-${index}`, {
        needs: index > 0 && random(2) === 0 ? [`${of}-${random(index)}`] : [],
        writes: [`d${random(size)}/${index}`],
      }),
    )
    const waiting = replaceableIn(plan, of)
    const grown = withExpansion(plan, of, added)
    const again = withReplacement(plan, of, waiting, added)
    expect(isOrdered(grown) && isOrdered(again), `${edges(plan)} with ${of}`).toBe(true)
    for (const task of plan.tasks) {
      if (!task.needs.includes(of)) expect(taskIn(grown, task.id)).toBe(task)
      if (!waiting.includes(task.id)) expect(taskIn(again, task.id)).toBe(task)
    }
    expect(new Set(ids(grown)).size).toBe(plan.tasks.length + added.length)
  }
})

const replaceableIn = (plan: Plan, of: string): string[] => {
  const out = new Set([of])
  for (const { id, needs } of plan.tasks) if (needs.some((need) => out.has(need))) out.add(id)
  return [...out]
}

describe('what may be replaced', () => {
  it('is the failed task and what waits for it and has not begun, in plan order', () => {
    const run = agentsAtWork('a > f > d > e, a > x, f > k')
    expect(replaceable(run.work, 'f')).toEqual(['f', 'd', 'e', 'k'])
    expect(replaceable(run.work, 'x')).toEqual(['x'])
  })
  it('leaves out what a person has let pass', () => {
    const run = agentsAtWork('a > f > d, f > k')
    const skipped = followed<typeof run>(run, { type: 'task_skipped', task: 'd' })
    expect(replaceable(skipped.work, 'f')).toEqual(['f', 'k'])
  })
})

describe('what goes beyond an approved plan', () => {
  const plan = agentPlan('a > p', {
    verification: [{ argv: ['npm', 'test'] }],
    tasks: { p: { kind: 'plan', writes: ['src/**'], acceptance: { argv: [], expect: '' } } },
  })
  const approved = { plan, approved: null, tasks: {} }
  const task = (writes: string[], ...argv: string[]) => agentTask('p-1', { writes, acceptance: { argv, expect: '' } })
  it('is nothing within its paths and commands', () =>
    expect(goesBeyond(approved, [task(['src/deep/*.ts', 'a/x'], 'npm', 'test'), task(['src/b'], 'true')])).toEqual([]))
  it('is a path outside', () =>
    expect(goesBeyond(approved, [task(['src/a', 'lib/**'], 'true')])).toEqual([
      '`p-1` may write `lib/**`, which the approved plan does not',
    ]))
  it('is a wider path', () => expect(goesBeyond(approved, [task(['**'], 'true')])).toHaveLength(1))
  it('is another command, by one word', () =>
    expect(goesBeyond(approved, [task(['src/a'], 'npm', 'test', '--force')])).toEqual([
      '`p-1` runs `npm test --force`, which the approved plan does not',
    ]))
  it('is a command for the agent, which no approved task has', () => {
    const own = agentPlan('a > p', {
      tasks: { a: { commands: [['npm', 'test', '--']] }, p: { kind: 'plan', writes: ['a/**'] } },
    })
    const wants = (...argv: string[]) => agentTask('p-1', { writes: ['a/x'], commands: [argv] })
    expect(goesBeyond({ ...approved, plan: own }, [wants('npm', 'test', '--')])).toEqual([])
    expect(goesBeyond({ ...approved, plan: own }, [wants('npm', '--')])).toEqual([
      '`p-1` runs `npm --`, which the approved plan does not',
    ])
  })
  it('is a program, which the plan never had', () =>
    expect(goesBeyond(approved, [agentTask('p-1', { writes: ['src/a'], run: ['node', 'x.js'] })])).toHaveLength(1))
})

describe('rights that nobody has approved', () => {
  const writing = { tasks: { a: { writes: ['src/a/**'] }, b: { writes: ['src/b/**'] } } }
  const plan = agentPlan('a, b', writing)
  const deploys = (id: string) =>
    agentTask(id, { writes: ['infra/**'], acceptance: { argv: ['make', 'deploy'], expect: '' } })
  /** The work after `of` was planned again as `task`, judged as the planner judges it. */
  const amended = (run: ActiveRun, of: string, task: Task) => {
    const next = withReplacement(run.work.plan, of, [of], [task])
    const within = goesBeyond(run.work, [task]).length === 0
    const event = { type: 'plan_amended', cause: 'replan', of, plan: next, planId: idOf(next), within } as const
    return followed<ActiveRun>(run, { ...event, notes: [] })
  }

  it('of a part that waits for its approval are lent to no other part', () => {
    const once = amended(agentsAtWork<ActiveRun>('a, b', writing), 'b', deploys('b-x'))
    expect([once.work.approved, mayStart(once.work, 'b-x')]).toEqual([['a'], false])
    const { work } = amended(once, 'a', deploys('a-2'))
    expect([mayStart(work, 'a-2'), mayStart(work, 'b-x')]).toEqual([false, false])
  })
  it('of tasks that an approval left out are lent to none that it named', () => {
    const wide = { ...plan, tasks: [...plan.tasks, deploys('t5')] }
    const run = followed<ActiveRun>(planning('strict'), proposal(wide), {
      type: 'plan_approved',
      planId: idOf(wide),
      only: ['a'],
    })
    expect(mayStart(amended(run, 'a', deploys('a-2')).work, 'a-2')).toBe(false)
    expect(mayStart(amended(run, 'a', agentTask('a-2', { writes: ['src/a/x'] })).work, 'a-2')).toBe(true)
  })
  it('of tasks behind a gate are lent to none in front of it, until somebody has opened it', () => {
    const held = agentsAtWork<ActiveRun>('a > g > b', { tasks: { g: gate } })
    const early = agentTask('a-1', { writes: ['b/x'] })
    expect(goesBeyond(held.work, [early])).toEqual(['`a-1` may write `b/x`, which the approved plan does not'])
    expect(mayStart(amended(held, 'a', early).work, 'a-1')).toBe(false)
    expect(goesBeyond(landed(held, 'a', 'g').work, [early])).toEqual([])
  })
  it('are not asked for again by a task that only waits for others now', () => {
    const held = agentsAtWork<ActiveRun>('a > g > b', { tasks: { g: gate } })
    const waiting = held.work.plan.tasks.flatMap((it) => (it.id === 'b' ? [{ ...it, needs: ['g', 'a-1'] }] : []))
    expect([waiting.length, goesBeyond(held.work, waiting)]).toEqual([1, []])
  })
  it('are the plan as people know it, as long as nobody has approved any of it', () => {
    const run = followed<ActiveRun>(planning('soft'), proposal(plan))
    expect(goesBeyond(run.work, [agentTask('a-2', { writes: ['src/b/x'] })])).toEqual([])
    expect(amended(run, 'a', agentTask('a-2', { writes: ['src/b/x'] })).work.approved).toEqual([])
  })
})

it('tells of each need that overlapping paths add', () => {
  const tasks = [agentTask('a', { writes: ['src/**'] }), agentTask('n', { writes: ['src/x'] })]
  expect(afterOverlapping(tasks, new Set(['n'])).notes).toEqual(['`n` waits for `a`, which can write the same path'])
})
