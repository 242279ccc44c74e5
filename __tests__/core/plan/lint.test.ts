import { describe, expect, it } from 'vitest'
import { lintPlan } from '../../../src/core/plan/lint.ts'
import type { Plan, Task } from '../../../src/core/plan/plan.ts'
import { defaultSettings, type Settings, settingsSchema } from '../../../src/core/settings.ts'
import { gate, type PlanOverrides, planOf, taskNamed } from '../../support/plan.ts'
import { computeSeconds } from '../../support/processor.ts'

const settings = (text: object): Settings => settingsSchema.parse(text)
const problems = (plan: Plan, rules = defaultSettings) => lintPlan(plan, rules).problems
const edges = (plan: Plan) => plan.tasks.map(({ id, needs }) => [id, ...needs].join(' < ')).join(', ')
const one = (overrides: Partial<Task>) => planOf('a', { tasks: { a: overrides } })
const withTasks = (...tasks: Task[]): Plan => ({ ...planOf('a'), tasks })

describe('a good plan', () => {
  it('has no problems, and comes back as it was', () => {
    const plan = planOf('a > c, b > c, c > g > d', { tasks: { g: gate } })
    expect(lintPlan(plan, defaultSettings)).toEqual({ problems: [], plan, notes: [] })
  })
  it('comes back with needs first', () => {
    const plan = withTasks(taskNamed('b', { needs: ['a'] }), taskNamed('c'), taskNamed('a'))
    expect(edges(lintPlan(plan, defaultSettings).plan)).toBe('c, a, b < a')
  })
  it('needs no verification', () => expect(problems(planOf('a', { verification: [] }))).toEqual([]))
})

describe('ids and needs', () => {
  it('names both tasks of one id', () =>
    expect(problems(withTasks(taskNamed('a'), taskNamed('b'), taskNamed('a')))).toEqual([
      {
        code: 'duplicate-id',
        task: 'a',
        field: 'id',
        message: 'Tasks 1 and 3 are both named `a`. Give each an id of its own.',
      },
    ]))
  it.each(['trunk', 'log', 'verify', 'verification', 'run', 'plan', 'baseline'])('keeps %s for the run itself', (id) =>
    expect(problems(planOf(id))).toEqual([
      {
        code: 'reserved-id',
        task: id,
        field: 'id',
        message: `The id \`${id}\` is reserved. Choose another; these are taken: \`trunk\`, \`log\`, \`verify\`, \`verification\`, \`run\`, \`plan\` and \`baseline\`.`,
      },
    ]),
  )
  it('knows the need that was meant', () =>
    expect(problems(withTasks(taskNamed('config'), taskNamed('b', { needs: ['confg'] })))).toEqual([
      { code: 'unknown-need', task: 'b', field: 'needs', message: 'There is no task `confg`. Did you mean `config`?' },
    ]))
  it('names the tasks that are there where it knows no better', () =>
    expect(problems(withTasks(taskNamed('a'), taskNamed('b', { needs: ['elsewhere'] })))[0]?.message).toBe(
      'There is no task `elsewhere`. The tasks are `a` and `b`.',
    ))
  it('shows a cycle with its path', () =>
    expect(problems(planOf('x > a > b > c > a'))).toEqual([
      {
        code: 'cycle',
        task: 'a',
        field: 'needs',
        message:
          '`a` → `b` → `c` → `a`: each waits for the one before it, so none could start. Remove one of these needs.',
      },
    ]))
  it('shows a task that waits for itself', () => expect(problems(planOf('a > a'))[0]?.message).toMatch(/^`a` → `a`: /))
  it('shortens the path of a long cycle', () => {
    const ids = Array.from({ length: 40 }, (_, index) => `t${index}`)
    expect(problems(planOf([...ids, 't0'].join(' > ')))[0]?.message).toMatch(/^`t0` → .*`t10` → `…` → `t0`: /)
  })
})

describe('what a task must say', () => {
  it.each<[string, Partial<Task>, string, RegExp]>([
    ['missing-writes', { writes: [] }, 'writes', /^A task may change only the files that it names\. Name them/],
    [
      'missing-acceptance',
      { acceptance: { argv: [], expect: 'it works' } },
      'acceptance',
      /^Nothing says when the task is done\. Name a command/,
    ],
  ])('%s', (code, overrides, field, message) =>
    expect(problems(one(overrides))).toEqual([{ code, task: 'a', field, message: expect.stringMatching(message) }]),
  )
  it('is asked of every task', () =>
    expect(
      problems(planOf('a, b', { tasks: { a: { writes: [] }, b: { writes: [] } } })).map(
        ({ task, code }) => `${task} ${code}`,
      ),
    ).toEqual(['a missing-writes', 'b missing-writes']))
  it('is no program: a task without one is worked on by an agent', () => expect(problems(one({ run: [] }))).toEqual([]))
  it('is an acceptance, of a task that only checks, too', () =>
    expect(problems(one({ kind: 'verify', writes: [], acceptance: { argv: [], expect: '' } }))[0]?.code).toBe(
      'missing-acceptance',
    ))
  it('is nothing for a gate', () => expect(problems(one(gate))).toEqual([]))
  it('is left out of a gate that says it all the same', () => {
    const linted = lintPlan(planOf('a > g', { tasks: { g: { kind: 'gate', writes: ['a/**'] } } }), defaultSettings)
    expect(linted.plan.tasks[1]).toEqual({ ...taskNamed('g', gate), needs: ['a'] })
    expect(linted.notes).toEqual([
      '`g` is a gate: it runs nothing, so its `run`, `writes`, `acceptance` and `commands` are left out',
    ])
  })
})

describe('paths', () => {
  it.each(['writes', 'reads'] as const)('are judged in %s', (field) =>
    expect(problems(one({ [field]: ['src/**', '../x', 'docs/'] }))).toEqual([
      { code: 'bad-path', task: 'a', field, message: '`../x`: it cannot contain `..`.' },
      { code: 'bad-path', task: 'a', field, message: '`docs/`: for a folder and all in it, write `docs/**`.' },
    ]),
  )

  it.each([
    ['.github/workflows/ci.yml', '.github/workflows/**'],
    ['.github/**', '.github/workflows/**'],
    ['.github/*/x', '.github/workflows/**'],
    ['{src,.github}/**', '.github/workflows/**'],
    ['.github/tributary.yml', '.github/tributary.yml'],
    ['.github/*.yml', '.github/tributary.yml'],
    ['.github/actions/**', '.github/actions/**'],
    ['**', '.github/workflows/**'],
    ['**/*.yml', '.github/workflows/**'],
    ['.git/hooks/pre-commit', '**/.git/**'],
    ['vendor/.git/**', '**/.git/**'],
    ['.gitmodules', '**/.gitmodules'],
    ['*/.gitmodules', '**/.gitmodules'],
    ['.GITHUB/WORKFLOWS/x.yml', '.github/workflows/**'],
    ['.github./workflows/**', '.github/workflows/**'],
    ['.github/workflows::$INDEX_ALLOCATION/x', '.github/workflows/**'],
    ['GITHUB~1/WORKFL~1/x.yml', '.github/workflows/**'],
    ['.github/tribut~1.yml', '.github/tributary.yml'],
    ['.ｇｉｔhub/{workflows ,x}/*', '.github/workflows/**'],
    ['src/.GITMODULES', '**/.gitmodules'],
    ['src/GITMOD~1', '**/.gitmodules'],
    ['vendor/git~1/hooks/x', '**/.git/**'],
  ])('%s could touch the protected %s', (glob, touched) =>
    expect(problems(one({ writes: [glob] }))).toEqual([
      {
        code: 'protected-path',
        task: 'a',
        field: 'writes',
        message: `\`${glob}\` could touch \`${touched}\`, which no task may write. Name the files or folders more precisely.`,
      },
    ]),
  )

  it.each([
    'src/**',
    '*',
    '*.md',
    '*/index.ts',
    'src/**/*.yml',
    '.github/ISSUE_TEMPLATE/**',
    '.gitignore',
    '.github/CODEOWNERS',
    'src/backup~1',
    'src/Workflows/**',
  ])('%s could not', (glob) => expect(problems(one({ writes: [glob] }))).toEqual([]))

  it('are protected by the settings, too', () => {
    const rules = settings({ protected_paths: ['infra/**', '**/package.json'] })
    const touched = (glob: string) => problems(one({ writes: [glob] }), rules).map(({ code }) => code)
    expect(touched('infra/main.tf')).toEqual(['protected-path'])
    expect(touched('infra')).toEqual(['protected-path'])
    expect(touched('*/main.tf')).toEqual(['protected-path'])
    expect(touched('src/package.json')).toEqual(['protected-path'])
    expect(touched('src/Package.JSON')).toEqual(['protected-path'])
    expect(touched('INFRA/**')).toEqual(['protected-path'])
    expect(touched('**/package.json')).toEqual(['protected-path'])
    expect(touched('src/**')).toEqual([])
    expect(touched('.github/workflows/x')).toEqual(['protected-path'])
  })
  it('may be read wherever they are', () => expect(problems(one({ reads: ['.github/**'] }))).toEqual([]))
})

describe('commands', () => {
  const rules = settings({ commands: ['npm', 'node'] })
  const plan = (overrides: PlanOverrides) =>
    planOf('a', {
      verification: [],
      ...overrides,
      tasks: { a: { run: ['npm', 'x'], acceptance: { argv: ['npm'], expect: '' }, ...overrides.tasks?.a } },
    })

  it.each<[string, PlanOverrides, string | null]>([
    ['acceptance', { tasks: { a: { acceptance: { argv: ['npm', 'test', '--'], expect: '' } } } }, 'a'],
    ['verification', { verification: [{ argv: ['npm', 'test', '--'] }] }, null],
  ])('may not be open at its end in %s, where agents may run it', (field, overrides, task) =>
    expect(problems(plan(overrides), rules)).toMatchObject([{ code: 'open-check', task, field }]),
  )
  it('may be any where the settings name none', () => expect(problems(one({ run: ['rm', '-r', 'x'] }))).toEqual([]))
  it('may be those that the settings name', () =>
    expect(problems(plan({ verification: [{ argv: ['node', '--test'] }] }), rules)).toEqual([]))
  it.each<[string, PlanOverrides, string | null, string]>([
    ['run', { tasks: { a: { run: ['sh', '-c', 'npm'] } } }, 'a', 'sh'],
    ['acceptance', { tasks: { a: { acceptance: { argv: ['./npm'], expect: '' } } } }, 'a', './npm'],
    ['verification', { verification: [{ argv: ['make', 'all'] }] }, null, 'make'],
  ])('may be no others in %s', (field, overrides, task, program) =>
    expect(problems(plan(overrides), rules)).toEqual([
      {
        code: 'command-not-allowed',
        task,
        field,
        message: `\`${program}\` is not among the programs that plans may call here: \`npm\` and \`node\`. Use one of them, or add it to \`commands\` in \`.github/tributary.yml\`.`,
      },
    ]),
  )
})

it('refuses more tasks than are allowed', () =>
  expect(problems(planOf('a, b, c'), settings({ limits: { tasks: 2 } }))).toEqual([
    {
      code: 'too-many-tasks',
      task: null,
      field: 'tasks',
      message:
        'The plan has 3 tasks, and 2 are allowed. Join some, or raise `limits.tasks` in `.github/tributary.yml`.',
    },
  ]))

describe('two tasks that may write the same path', () => {
  const writing = (graph: string, writes: Record<string, string>) =>
    lintPlan(
      planOf(graph, {
        tasks: Object.fromEntries(Object.entries(writes).map(([id, glob]) => [id, { writes: [glob] }])),
      }),
      defaultSettings,
    )

  it('get an edge from the earlier to the later, and a note', () => {
    const { plan, notes } = writing('t1, t2', { t1: 'src/**', t2: 'src/**' })
    expect(edges(plan)).toBe('t1, t2 < t1')
    expect(notes).toEqual(['`t2` waits for `t1`: both write `src/**`'])
  })
  it('are named with both globs where these differ', () =>
    expect(writing('a, b', { a: 'src/**', b: 'src/x.ts' }).notes).toEqual([
      '`b` waits for `a`: `src/**` and `src/x.ts` can be the same path',
    ]))
  it('also where one writes a file of the name of the other one’s folder', () =>
    expect(writing('a, b', { a: 'src/http', b: 'src/http/x.ts' }).notes).toEqual([
      '`b` waits for `a`: `src/http` and `src/http/x.ts` can be a file and its folder, or differ in case only',
    ]))
  it('stay as they are where one waits for the other already, however far', () => {
    const { plan, notes } = writing('a > m > b', { a: 'src/**', b: 'src/**' })
    expect(edges(plan)).toBe('a, m < a, b < m')
    expect(notes).toEqual([])
  })
  it('become a chain where there are many, not every pair an edge', () =>
    expect(edges(writing('a, b, c, d', { a: 'x', b: 'x', c: 'x', d: 'x' }).plan)).toBe('a, b < a, c < b, d < c'))
  it('wait for each other only once an edge put them in order', () =>
    expect(edges(writing('a, b, c > d', { a: 'x', b: 'x', d: 'x' }).plan)).toBe('a, b < a, c, d < c < b'))
  it('never make a cycle with what is there', () => {
    const plan = withTasks(
      taskNamed('a', { needs: ['d'], writes: ['x'] }),
      taskNamed('b', { writes: ['x', 'y'] }),
      taskNamed('c', { needs: ['b'], writes: ['y'] }),
      taskNamed('d', { writes: ['y'] }),
    )
    const linted = lintPlan(plan, defaultSettings)
    expect(linted.problems).toEqual([])
    expect(linted.notes).toEqual(['`b` waits for `a`: both write `x`'])
    expect(edges(linted.plan)).toBe('d, a < d, b < a, c < b')
  })
  it('keep the earlier first in plan order also where its needs come late', () => {
    const plan = withTasks(
      taskNamed('a', { needs: ['c'], writes: ['x'] }),
      taskNamed('b', { writes: ['x'] }),
      taskNamed('c'),
    )
    expect(edges(lintPlan(plan, defaultSettings).plan)).toBe('c, a < c, b < a')
  })
  it('are left alone where one is a gate', () =>
    expect(
      lintPlan(planOf('a, g', { tasks: { a: { writes: ['x'] }, g: { kind: 'gate', writes: ['x'] } } }), defaultSettings)
        .plan.tasks[1]?.needs,
    ).toEqual([]))

  it('are found among five hundred in a moment', () => {
    const many = Array.from({ length: 500 }, (_, index) =>
      taskNamed(`t${index}`, { writes: [`src/${index % 10}/**/*.ts`] }),
    )
    const seconds = computeSeconds(() => {
      const { plan, notes } = lintPlan(withTasks(...many), settings({ limits: { tasks: 500 } }))
      expect(notes).toHaveLength(490)
      expect(plan.tasks.filter(({ needs }) => needs.length === 0)).toHaveLength(10)
    })
    expect(seconds).toBeLessThan(20)
  })
})
