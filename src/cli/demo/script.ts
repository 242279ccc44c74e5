import type { Plan, Task } from '../../core/plan/plan.ts'
import { json, paced, tools } from '../../model-double/answer.ts'
import type { ParsedRequest } from '../../model-double/request.ts'
import { type Script, scripted } from '../../model-double/script.ts'
import type { DemoCall } from './record.ts'

/** Milliseconds between two pieces of an answer: slow enough to see a plan stream in, fast enough for a demo. */
const PACE = 12

/**
 * The script of the demo's model: it explores, writes the plan, and does each task with the tool calls that were recorded
 * from the demo's steps. Its words are scripted; its tool calls and the tests after them are real.
 */
export function demoScript(plan: Plan, calls: ReadonlyMap<string, DemoCall[]>): Script {
  const work = (request: ParsedRequest) => workOn(request, plan, calls)
  return scripted({
    rules: [
      { when: asksFor('tasks'), say: paced(json(modelPlan(plan)), { chunk: 200, milliseconds: PACE }) },
      { when: asksFor('accepted'), say: json({ accepted: true, problems: [] }) },
      { when: asksFor('contradictions'), say: json(described(plan)) },
      { when: asksFor('briefs'), say: json({ findings: [], verdict: 'accept', briefs: [] }) },
      { when: ({ toolNames }) => toolNames.includes('edit'), say: work },
      { when: ({ toolNames, turns }) => toolNames.includes('finish') && turns === 0, say: explore },
      { when: ({ toolNames }) => toolNames.includes('finish'), say: tools([{ name: 'finish', input: explored }]) },
    ],
  })
}

const asksFor =
  (field: string) =>
  ({ schema }: ParsedRequest): boolean =>
    JSON.stringify(schema ?? null).includes(`"${field}":{`)

const explore = tools([
  { name: 'list', input: { glob: 'packages/**' } },
  { name: 'search', input: { pattern: 'Math.round', literal: true, glob: 'packages/**/*.js' } },
])

const explored = {
  summary:
    'Every package takes and gives floats that stand for euros; rounding happens in some places and not in others.',
  findings: [
    { path: 'packages/cart/cart.js', symbols: ['subtotal'], note: 'adds up prices as floats' },
    {
      path: 'packages/tax/tax.js',
      symbols: ['taxOn', 'RATES'],
      note: 'rounds to a cent, and takes unknown rates for none',
    },
    {
      path: 'packages/checkout/checkout.js',
      symbols: ['checkout'],
      note: 'puts cart, tax, shipping and discount together',
    },
  ],
  conventions: ['each package has its test beside it'],
  commands: ['node --test'],
  unknowns: [],
}

/** The plan by hand as a model would write it: with the model's fields, without those that only a plan by hand may have. */
function modelPlan({ tasks, questions: _questions, ...head }: Plan) {
  return {
    ...head,
    summary: 'A money type first, then every package that holds amounts, then what adds them up and prints them.',
    approach: 'The type and its functions are fixed in one task, so that the packages can change side by side.',
    assumptions: ['All amounts of today are euros.'],
    questions: [],
    non_goals: ['exchange rates'],
    critical_files: ['packages/cart/cart.js', 'packages/checkout/checkout.js'],
    tasks: tasks.map(modelTask),
  }
}

function modelTask({ run: _run, timeout_minutes: _minutes, ...task }: Task) {
  const { id, title, acceptance } = task
  return {
    ...task,
    goal: `${title}.`,
    expected_outcome: acceptance.argv.length === 0 ? '' : `\`${acceptance.argv.join(' ')}\` passes.`,
    interface: interfaceOf(id),
  }
}

const interfaceOf = (id: string): string =>
  id === 'money' ? 'packages/money/money.js: money(cents, currency), plus, times, format' : ''

const described = ({ tasks }: Plan) => ({
  title: 'Amounts are money, not floats',
  body: [
    'Amounts are whole cents with a currency, from the cart to the report; adding two currencies is an error.',
    '',
    'What the shop prints stays the same to the cent. An unknown tax rate is now a mistake instead of a tax of nothing.',
    '',
    `${tasks.filter(({ kind }) => kind === 'code').length} tasks did it: the money type, then each package on top of it.`,
  ].join('\n'),
  contradictions: [],
})

const TASK = /^# Your task: ([a-z0-9-]+) /m

/** The turns of a task: list files, change them, run the acceptance, finish. */
function workOn({ firstText, turns, toolNames }: ParsedRequest, plan: Plan, calls: ReadonlyMap<string, DemoCall[]>) {
  const id = TASK.exec(firstText)?.[1] ?? ''
  const task = plan.tasks.find((one) => one.id === id)
  const changes = calls.get(id)
  if (task === undefined || changes === undefined) throw new Error(`the demo knows no task '${id}'`)
  const steps = [
    tools([{ name: 'list', input: { glob: task.writes[0] ?? '**' } }], { text: `I look at what ${id} is about.` }),
    paced(tools(changes, { text: `${task.title}.` }), { chunk: 120, milliseconds: PACE }),
    tools([checkOf(task, toolNames)]),
    tools([{ name: 'finish', input: finished(task, changes) }]),
  ]
  return steps[turns] ?? tools([{ name: 'finish', input: finished(task, changes) }])
}

/** Without a sandbox, an agent runs only what the plan lists. */
const checkOf = ({ acceptance: { argv } }: Task, toolNames: readonly string[]) =>
  toolNames.includes('bash')
    ? { name: 'bash', input: { command: argv.join(' '), seconds: null } }
    : { name: 'run', input: { argv } }

const finished = ({ id, title }: Task, changes: readonly DemoCall[]) => ({
  outcome: 'done',
  did: `${title}: ${new Set(changes.map(({ input }) => input.path)).size} files changed.`,
  interfaces: [interfaceOf(id)].filter((one) => one !== ''),
  decisions: [],
  caveats: [],
  follow_ups: [],
})
