import type { Plan, Task } from '../../core/plan/plan.ts'

type ExampleTask = Omit<Task, 'run' | 'timeout_minutes'>

const task = ({
  id,
  title,
  goal,
  ...own
}: Pick<ExampleTask, 'id' | 'title' | 'goal'> & Partial<ExampleTask>): ExampleTask => ({
  id,
  title,
  goal,
  context: '',
  needs: [],
  writes: [],
  reads: [],
  acceptance: { argv: [], expect: '' },
  steps: [],
  expected_outcome: '',
  interface: '',
  out_of_scope: '',
  risk: '',
  size: 'medium',
  model_tier: 'default',
  kind: 'code',
  ...own,
})

/** A plan of another repository, as an example of a good one: what is fixed between tasks, and one task for the hub file. */
export const examplePlan: Omit<Plan, 'tasks'> & { tasks: ExampleTask[] } = {
  title: 'Export reports as CSV and PDF',
  summary: 'Reports can be downloaded as CSV and as PDF, beside the page that is there.',
  context:
    'Reports are built in src/reports/build.ts and shown by src/pages/report.ts. Tests lie in test/, by the same names.',
  approach:
    'Two writers of one signature, which know nothing of each other, and a last task that offers both on the page.',
  assumptions: ['The PDF library that package.json names already is good enough.'],
  questions: [],
  non_goals: ['Exports on a schedule'],
  critical_files: ['src/pages/report.ts'],
  verification: [{ argv: ['npm', 'test'] }],
  tasks: [
    task({
      id: 't1',
      title: 'Write reports as CSV',
      goal: 'src/reports/csv.ts turns a report into CSV text, quoted by RFC 4180.',
      writes: ['src/reports/csv.ts', 'test/reports/csv.test.ts'],
      reads: ['src/reports/build.ts'],
      acceptance: { argv: ['npx', 'vitest', 'run', 'test/reports/csv.test.ts'], expect: 'the tests that it adds pass' },
      steps: ['Write the tests first: commas, quotes, line breaks, an empty report', 'Then the writer'],
      interface: 'writeCsv(report: Report): string in src/reports/csv.ts',
      size: 'small',
    }),
    task({
      id: 't2',
      title: 'Write reports as PDF',
      goal: 'src/reports/pdf.ts turns a report into a PDF with the table and the title of the page.',
      writes: ['src/reports/pdf.ts', 'test/reports/pdf.test.ts'],
      reads: ['src/reports/build.ts', 'package.json'],
      acceptance: { argv: ['npx', 'vitest', 'run', 'test/reports/pdf.test.ts'], expect: 'the tests that it adds pass' },
      interface: 'writePdf(report: Report): Uint8Array in src/reports/pdf.ts',
      risk: 'The library may break long tables badly.',
    }),
    task({
      id: 't3',
      title: 'Offer both on the page',
      goal: 'The page of a report has two links, which download it as CSV and as PDF.',
      context:
        'writeCsv(report: Report): string and writePdf(report: Report): Uint8Array, from the files of t1 and t2.',
      needs: ['t1', 't2'],
      writes: ['src/pages/report.ts', 'src/routes.ts', 'test/pages/report.test.ts', 'CHANGELOG.md'],
      reads: ['src/reports/*.ts'],
      acceptance: { argv: ['npx', 'vitest', 'run', 'test/pages'], expect: 'a test requests both links' },
    }),
  ],
}

/** As a planner reads it: a line for each field of the plan, and for each task. */
export const examplePlanText = JSON.stringify(examplePlan, null, 1)
  .replace(/\n {3,}/g, ' ')
  .replace(/\n {2}([}\]])/g, ' $1')
