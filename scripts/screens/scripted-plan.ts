import { planOf } from '../../__tests__/support/plan.ts'
import type { Plan, Task } from '../../src/core/plan/plan.ts'

/** Twelve tasks of one part of a shop: its id, title, needs, paths and size. */
const TASKS: readonly (readonly [id: string, title: string, needs: string, path: string, size: Task['size']])[] = [
  ['money-type', 'Add a type for amounts in whole cents', '', 'src/money.ts', 'small'],
  ['parse-amounts', 'Read amounts without floats', 'money-type', 'src/parse/**', 'medium'],
  ['print-amounts', 'Print amounts with two digits', 'money-type', 'src/print/**', 'medium'],
  ['cart-totals', 'Sum a cart in cents', 'parse-amounts print-amounts', 'src/cart/**', 'medium'],
  ['tax-rounding', 'Round taxes half up, once for each invoice', 'money-type', 'src/tax/**', 'large'],
  ['discounts', 'Apply discounts before taxes', 'cart-totals', 'src/discounts/**', 'medium'],
  ['invoices', 'Write invoices from cents', 'cart-totals tax-rounding', 'src/invoices/**', 'large'],
  ['csv-export', 'Export cents as decimals', 'print-amounts', 'src/export/**', 'small'],
  ['api-schema', 'Say in the API schema that amounts are integers', 'money-type', 'api/schema.json', 'small'],
  ['migration', 'Migrate stored floats to cents', 'parse-amounts', 'migrations/**', 'large'],
  ['admin-page', 'Show cents on the admin page', 'invoices', 'src/admin/**', 'medium'],
  ['docs', 'Document how amounts are stored', 'discounts invoices csv-export', 'docs/money.md', 'small'],
]

const AREAS = ['shop', 'billing', 'payouts', 'refunds', 'reports']

/** A plan of agents' tasks as a planner writes it, with as many tasks as wanted: up to twelve for each of five parts. */
export function scriptedPlan(tasks: number): Plan {
  const all = AREAS.flatMap((area, part) =>
    TASKS.map((row) => taskOf(row, tasks > TASKS.length ? `${area}-` : '', part)),
  )
  const chosen = all.slice(0, tasks)
  return planOf(chosen.flatMap(({ id, needs }) => [id, ...needs.map((need) => `${need} > ${id}`)]).join(', '), {
    title: 'Store money in whole cents instead of floats',
    summary:
      'Amounts become whole cents from the parser to the invoice. Floats stay at the edges only, where people read and write decimals.',
    context:
      'Amounts are floats today: `0.1 + 0.2` is not `0.3`, and invoices are off by a cent in about one of 400 cases. `src/cart/total.ts` and `src/invoices/lines.ts` each round in their own way. The tests of the parser cover negative amounts; nothing covers taxes.',
    approach:
      'Begin with the type, since all else needs it. Parser and printer follow side by side. Cart, taxes and invoices build on them; the migration runs last in production, but its code depends on the parser only.',
    assumptions: [
      'Nobody outside this repository reads the stored floats.',
      'All amounts are in a currency with two decimals.',
      'The migration may take the shop offline for a minute.',
    ],
    non_goals: ['Other currencies', 'A new look of invoices'],
    critical_files: ['src/money.ts', 'src/cart/total.ts', 'src/invoices/lines.ts'],
    verification: [{ argv: ['npm', 'test'] }, { argv: ['npm', 'run', 'types'] }],
    tasks: Object.fromEntries(chosen.map((task) => [task.id, task])),
  })
}

function taskOf([id, title, needs, path, size]: (typeof TASKS)[number], prefix: string, part: number) {
  const words = needs === '' ? [] : needs.split(' ').map((need) => `${prefix}${need}`)
  const place = prefix === '' ? path : `packages/${AREAS[part]}/${path}`
  return {
    id: `${prefix}${id}`,
    needs: words,
    title: prefix === '' ? title : `${title} (${AREAS[part]})`,
    goal: `${title}. Callers outside the paths of this task keep working; what they import is re-exported under its old name.`,
    context: `The code is in \`${place}\`. Its tests are beside it.`,
    steps: ['Read the callers', 'Change the functions', 'Extend the tests, negative amounts among them'],
    expected_outcome: 'All tests pass, and no function of it takes or returns a float.',
    interface: '`cents(text: string): Cents`, `decimal(amount: Cents): string`',
    out_of_scope: 'The names of functions that others import',
    risk: size === 'large' ? 'Amounts above 90 trillion do not fit.' : '',
    writes: [place, place.replace(/^src/, 'tests')],
    reads: ['src/money.ts'],
    size,
    run: [],
    acceptance: { argv: ['npm', 'test', '--', `${prefix}${id}`], expect: 'all tests of this part pass' },
    commands: [['npm', 'test', '--']],
  } satisfies Partial<Task>
}
