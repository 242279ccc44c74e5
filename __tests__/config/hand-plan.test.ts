import { describe, expect, it } from 'vitest'
import { readHandPlan } from '../../src/config/hand-plan.ts'
import { planSchema } from '../../src/core/plan/plan.ts'
import { defaultSettings, settingsSchema } from '../../src/core/settings.ts'
import { taskNamed } from '../support/plan.ts'
import { computeSeconds } from '../support/processor.ts'

const block = (yaml: string, info = 'tributary') => `\`\`\`${info}\n${yaml}\n\`\`\`\n`
const read = (body: string) => readHandPlan(body, defaultSettings)
const plan = (body: string) => {
  const result = read(body)
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}
const problems = (yaml: string) => {
  const result = read(block(yaml))
  return result.ok ? [] : result.error
}
const task = (...fields: string[]) =>
  ['title: x', 'tasks:', '  - id: a', ...fields.map((field) => `    ${field}`)].join('\n')

const SMALL =
  'title: Retry\ntasks:\n  - id: a\n    writes: [src/**]\n    run: [node, a.js]\n    acceptance: [npm, test]'

describe('a plan by hand', () => {
  it('becomes a full plan, with defaults for what it leaves out', () =>
    expect(plan(block(SMALL))).toEqual({
      title: 'Retry',
      summary: '',
      context: '',
      approach: '',
      assumptions: [],
      questions: [],
      non_goals: [],
      critical_files: [],
      verification: [],
      tasks: [
        taskNamed('a', {
          title: 'a',
          writes: ['src/**'],
          run: ['node', 'a.js'],
          acceptance: { argv: ['npm', 'test'], expect: '' },
        }),
      ],
    }))

  it('may say everything that a plan has', () => {
    const value = plan(
      block(`
title: Retry
summary: Requests are tried again
context: |
  Over several
  lines
verification:
  - [npm, test]
  - [npm, run, lint]
tasks:
  - id: config
    title: Read the limit
    goal: A limit
    needs: []
    writes: [src/config.ts]
    reads: [src/**]
    run: [node, scripts/change.js, '3']
    acceptance: [npm, test]
    steps: [one, two]
    size: large
    timeout_minutes: 2.5
    out_of_scope: the rest
  - { id: look, kind: gate, needs: [config], title: A person looks }
`),
    )
    expect(planSchema.parse(value)).toEqual(value)
    expect(value.context).toBe('Over several\nlines\n')
    expect(value.verification).toEqual([{ argv: ['npm', 'test'] }, { argv: ['npm', 'run', 'lint'] }])
    expect(value.tasks[0]).toMatchObject({
      size: 'large',
      timeout_minutes: 2.5,
      run: ['node', 'scripts/change.js', '3'],
      steps: ['one', 'two'],
    })
    expect(value.tasks[1]).toMatchObject({ id: 'look', kind: 'gate', needs: ['config'], run: [], writes: [] })
  })

  it('takes further commands for the agent of a task', () => {
    const written = SMALL.replace('\n    ', '\n    commands: [[npm, test, --], [make, fmt]]\n    ')
    const result = readHandPlan(block(written), defaultSettings)
    expect(result.ok ? result.value.tasks[0]?.commands : result.error).toEqual([
      ['npm', 'test', '--'],
      ['make', 'fmt'],
    ])
  })

  it('takes the time limit of the settings where it names none', () => {
    const settings = settingsSchema.parse({ limits: { task_minutes: 7 } })
    const result = readHandPlan(block(SMALL), settings)
    expect(result.ok && result.value.tasks[0]?.timeout_minutes).toBe(7)
  })

  it('may use an anchor for what many tasks share', () => {
    const shared = `title: x\ntasks:\n  - { id: a, acceptance: &check [npm, test] }\n${Array.from({ length: 99 }, (_, index) => `  - { id: b${index}, acceptance: *check }`).join('\n')}`
    expect(plan(block(shared)).tasks[99]?.acceptance.argv).toEqual(['npm', 'test'])
  })

  it('may write commands as a model does', () => {
    const value = plan(
      block(`${task('acceptance: { argv: [npm, test], expect: passes }')}\nverification: [{ argv: [make] }]`),
    )
    expect(value.tasks[0]?.acceptance).toEqual({ argv: ['npm', 'test'], expect: 'passes' })
    expect(value.verification).toEqual([{ argv: ['make'] }])
  })

  it('counts a key without a value as left out', () =>
    expect(plan(block(task('needs:', 'run: # later'))).tasks[0]).toMatchObject({ needs: [], run: [] }))

  it('leaves the judgement of what is missing to the lint', () =>
    expect(plan(block('title: x\ntasks: [{ id: a, kind: gate }, { id: b, needs: [nobody, b] }]')).tasks).toHaveLength(
      2,
    ))
})

describe('where the plan is found', () => {
  it.each([
    ['between other words', `# Issue\n\nPlease.\n\n${block(SMALL)}\nThanks`],
    ['with the line ends of a browser', block(SMALL).replaceAll('\n', '\r\n')],
    ['in a fence of tildes', block(SMALL).replaceAll('```', '~~~')],
    ['in a longer fence', block(SMALL).replaceAll('```', '`````')],
    ['in a list', `- the plan:\n\n${block(SMALL).replaceAll(/^/gm, '  ')}`],
    ['in details', `<details>\n\n${block(SMALL)}\n</details>`],
    ['beside blocks of other languages', `${block('title: y', 'yaml')}\n${block(SMALL)}`],
    ['with more words in its info string', block(SMALL, 'tributary by hand')],
    ['with a large letter', block(SMALL, 'Tributary')],
    ['in a fence that nobody closed', `\`\`\`tributary\n${SMALL}`],
  ])('%s', (_, body) => expect(plan(body).title).toBe('Retry'))

  it.each(['yaml', 'yml', 'YAML'])('not in a block `%s`, which is a near miss if it looks like a plan', (language) => {
    const found = read(`Please.\n\n${block(SMALL, language)}`)
    expect(found.ok ? [] : found.error).toMatchObject([
      { code: 'not-a-plan', message: expect.stringContaining('begin it with `tributary` instead of `yaml`') },
    ])
  })

  it.each([
    ['nowhere', 'Please add retries'],
    ['nowhere in an empty issue', ''],
    ['in a block of another language', block(SMALL, 'text')],
    ['in YAML that is no plan', block('tasks:\n  - name: install\n', 'yaml')],
    ['in YAML that is quoted', block(SMALL, 'yaml').replaceAll(/^/gm, '> ')],
    ['in a quote', block(SMALL).replaceAll(/^/gm, '> ')],
    ['in an HTML comment', `<!--\n${block(SMALL)}-->`],
    ['in words alone', SMALL],
    ['as an indented block', block(SMALL).replaceAll(/^/gm, '    ')],
  ])('not %s', (_, body) =>
    expect(read(body)).toEqual({
      ok: false,
      error: [
        {
          code: 'no-plan',
          task: null,
          field: null,
          message:
            'The issue has no fenced block with the info string `tributary`. Add one to its text. It contains a plan in YAML: `title`, and `tasks`, each with `id`, `title`, `needs`, `writes`, `run` and `acceptance`.',
        },
      ],
    }),
  )

  it.each(['', '# nothing yet'])('nor in a block of %j', (yaml) =>
    expect(problems(yaml)).toEqual([
      {
        code: 'no-plan',
        task: null,
        field: null,
        message: expect.stringMatching(/^The fenced block `tributary` is empty\./),
      },
    ]),
  )

  it('in a moment, also in the longest and worst of issues', () => {
    const seconds = computeSeconds(() => {
      expect(plan(`${'*_[`<a'.repeat(10_500)}\n\n${block(SMALL)}`).title).toBe('Retry')
    })
    expect(seconds).toBeLessThan(5)
  })

  it('not where there are several', () =>
    expect(read(block(SMALL) + block(SMALL) + block('title: z'))).toEqual({
      ok: false,
      error: [
        {
          code: 'several-plans',
          task: null,
          field: null,
          message: 'The issue has 3 fenced blocks `tributary`. Keep one of them.',
        },
      ],
    }))
})

describe('a task that does not fit', () => {
  it.each([
    [
      'run: npm test',
      'run',
      'Line 4 of the block: `run` must be a list of words, not the text `npm test`: write `[npm, test]`.',
    ],
    [
      'acceptance: npm run test:unit -- "a b"',
      'acceptance',
      'Line 4 of the block: `acceptance` must be a list of words, not the text `npm run test:unit -- "a b"`: write `[npm, run, test:unit, --, "a b"]`.',
    ],
    ['run: [sleep, 3]', 'run', 'Line 4 of the block: `run[1]` must be text, not `3`: write it in quotes, `"3"`.'],
    [
      'acceptance: [test, true]',
      'acceptance',
      'Line 4 of the block: `acceptance[1]` must be text, not `true`: write it in quotes, `"true"`.',
    ],
    ['run: [npm, [test]]', 'run', 'Line 4 of the block: `run[1]` must be text, not a list.'],
    [
      'run: ["", x]',
      'run',
      'Line 4 of the block: `run` must begin with the name of a program, and cannot contain a null character.',
    ],
    [
      'run: [a, "b\\0c"]',
      'run',
      'Line 4 of the block: `run` must begin with the name of a program, and cannot contain a null character.',
    ],
    [
      'commands: npm test --',
      'commands',
      'Line 4 of the block: `commands` must be a list, not the text `npm test --`: it is a list of commands, such as `[[npm, test, --]]`.',
    ],
    [
      'commands: [npm test]',
      'commands',
      'Line 4 of the block: `commands[0]` must be a list of words, not the text `npm test`: write `[npm, test]`.',
    ],
    [
      'commands: [["npm test"]]',
      'commands',
      'Line 4 of the block: `commands[0]` begins with `npm test`, which is not a program: each word is an item of its own, `[npm, test]`.',
    ],
    [
      'writes: src/**',
      'writes',
      'Line 4 of the block: `writes` must be a list, not the text `src/**`: write `[src/**]`.',
    ],
    ['writes: [""]', 'writes', 'Line 4 of the block: `writes[0]` may not be empty.'],
    ['needs: b', 'needs', 'Line 4 of the block: `needs` must be a list, not the text `b`: write `[b]`.'],
    [
      'needs: [B]',
      'needs',
      'Line 4 of the block: `needs[0]` `B` must be lower-case letters, digits and single hyphens, starting with a letter.',
    ],
    ['size: huge', 'size', 'Line 4 of the block: `size` must be `small`, `medium` or `large`, not the text `huge`.'],
    ['kind: resolve', 'kind', 'Line 4 of the block: `kind` must be `code` or `gate`, not the text `resolve`.'],
    ['timeout_minutes: 0', 'timeout_minutes', 'Line 4 of the block: `timeout_minutes` must be more than 0.'],
    [
      'timeout_minutes: 10m',
      'timeout_minutes',
      'Line 4 of the block: `timeout_minutes` must be a number, not the text `10m`.',
    ],
    ['timeout_minutes: .inf', 'timeout_minutes', 'Line 4 of the block: `timeout_minutes` must be'],
    ['title: ""', 'title', 'Line 4 of the block: `title` may not be empty.'],
    [
      'acceptanc: [x]',
      'acceptanc',
      'Line 4 of the block: `acceptanc` is not a known key here. Did you mean `acceptance`?',
    ],
    ['need: [x]', 'need', 'Line 4 of the block: `need` is not a known key here. Did you mean `needs`?'],
    [
      'depends_on: [x]',
      'depends_on',
      'Line 4 of the block: `depends_on` is not a known key here. The keys are `id`, `title`,',
    ],
    ['steps: [a: b]', 'steps', 'Line 4 of the block: `steps[0]` must be text, not keys with values.'],
  ])('%s', (field, name, message) =>
    expect(problems(task(field))).toEqual([
      { code: 'not-a-plan', task: 'a', field: name, message: expect.stringContaining(message) },
    ]),
  )

  it('has words where it has too many', () =>
    expect(problems(task(`title: ${'x'.repeat(121)}`))).toEqual([
      {
        code: 'too-long',
        task: 'a',
        field: 'title',
        message: 'Line 4 of the block: `title` may have 120 characters at most.',
      },
    ]))
  it('is named by its place where it has no id', () =>
    expect(problems('title: x\ntasks:\n  - id: a\n  - title: b')).toEqual([
      { code: 'not-a-plan', task: 'task 2', field: 'id', message: 'Line 4 of the block: `id` is missing.' },
    ]))
  it('is named as it names itself, be it wrong', () =>
    expect(problems('title: x\ntasks:\n  - id: My Task')).toEqual([
      {
        code: 'not-a-plan',
        task: 'My Task',
        field: 'id',
        message:
          'Line 3 of the block: `id` `My Task` must be lower-case letters, digits and single hyphens, starting with a letter.',
      },
    ]))
  it('is no task at all', () =>
    expect(problems('title: x\ntasks: [a]')).toEqual([
      {
        code: 'not-a-plan',
        task: 'task 1',
        field: null,
        message: 'Line 2 of the block: `tasks[0]` must be keys with values, not the text `a`.',
      },
    ]))
  it('shows the line inside a long list', () =>
    expect(
      problems(task('run:', '  - node', '  - 7', 'reads: x')).map(({ message }) =>
        message.replace(/^Line (.+) of the block: `(...).*/, '$1 $2'),
      ),
    ).toEqual(['6 run', '7 rea']))
})

describe('a plan that does not fit', () => {
  it.each([
    ['tasks: [{ id: a }]', 'title', 'Line 1 of the block: `title` is missing.'],
    [
      'title: 1\ntasks: [{ id: a }]',
      'title',
      'Line 1 of the block: `title` must be text, not `1`: write it in quotes, `"1"`.',
    ],
    ['title: x', 'tasks', 'Line 1 of the block: `tasks` is missing.'],
    ['title: x\ntasks: []', 'tasks', 'Line 2 of the block: `tasks` may not be empty.'],
    ['title: x\ntasks: { id: a }', 'tasks', 'Line 2 of the block: `tasks` must be a list, not keys with values.'],
    [
      'title: x\ntask: []\ntasks: [{ id: a }]',
      'task',
      'Line 2 of the block: `task` is not a known key here. Did you mean `tasks`?',
    ],
    [
      'title: x\ntasks: [{ id: a }]\nverification: npm test',
      'verification',
      'Line 3 of the block: `verification` must be a list, not the text `npm test`: it is a list of commands, such as `[[npm, test]]`.',
    ],
    [
      'title: x\ntasks: [{ id: a }]\nverification: [npm]',
      'verification',
      'Line 3 of the block: `verification[0]` must be a list of words, not the text `npm`: it is a list of commands, such as `[[npm]]`.',
    ],
    [
      'title: x\ntasks: [{ id: a }]\nverification: [[]]',
      'verification',
      'Line 3 of the block: `verification[0]` may not be empty.',
    ],
    ['- title: x', null, 'Line 1 of the block: The text must be keys with values, not a list.'],
  ])('%j', (yaml, field, message) =>
    expect(problems(yaml)).toEqual([{ code: 'not-a-plan', task: null, field, message }]),
  )

  it.each([
    ['title: a: b', 'Line 1 of the block: A key follows a value on the same line'],
    [
      'title: x\ntitle: y\ntasks: []',
      'Line 2 of the block: The key `title` is given in lines 1 and 2: keep one of them.',
    ],
    ['title: x\ntasks:\n\t- id: a', 'Line 3 of the block: A tab indents this line, and YAML allows only spaces.'],
    ['title: !js x', 'Line 1 of the block: `!js` is a tag, and tags are not supported here'],
    ['title: x\n---\ntitle: y', 'Line 2 of the block: `---` begins a second document'],
  ])('and is no YAML: %j', (yaml, message) =>
    expect(problems(yaml)).toContainEqual({
      code: 'not-yaml',
      task: null,
      field: null,
      message: expect.stringContaining(message),
    }),
  )

  it('tells every problem, in the order of the lines', () =>
    expect(
      problems('tasks:\n  - id: a\n    run: x\n  - id: b\n    size: huge\nextra: 1').map(
        ({ task, field }) => `${task} ${field}`,
      ),
    ).toEqual(['null title', 'a run', 'b size', 'null extra']))
})
