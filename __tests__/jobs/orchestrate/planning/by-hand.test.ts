import { describe, expect, it } from 'vitest'
import type { Plan } from '../../../../src/core/plan/plan.ts'
import { noOptions } from '../../../../src/core/plan/planning.ts'
import type { RunState } from '../../../../src/core/run/state.ts'
import { defaultSettings } from '../../../../src/core/settings.ts'
import { proposeByHand } from '../../../../src/jobs/orchestrate/planning/begin.ts'
import { emptyDraft } from '../../../../src/jobs/orchestrate/session/event-draft.ts'
import type { Session } from '../../../../src/jobs/orchestrate/session/session.ts'
import { memorySources } from '../../../support/memory/files.ts'
import { planOf } from '../../../support/plan.ts'
import { planning } from '../../../support/planning.ts'
import { AT, proposed, shaOf } from '../../../support/run.ts'

/** `/plan --paths …` on an issue that holds this plan. */
const asked = (plan: Plan, ...paths: string[]) => askedWith(new Map(), plan, ...paths)

async function askedWith(files: Map<string, string>, plan: Plan, ...paths: string[]) {
  return askedBeside([], files, plan, ...paths)
}

async function askedBeside(runs: RunState[], files: Map<string, string>, plan: Plan, ...paths: string[]) {
  const state = { ...planning(), planning: null, options: { ...noOptions, paths } }
  const repo = {
    treeOf: async () => shaOf('tree'),
    commit: async () => shaOf('trunk'),
    sources: () => memorySources({ files }),
  }
  const said = (author: string, body: string) => ({ author, type: 'User', belongs: true, body })
  const comments = async () => [said('mona', 'Keep it small.'), said('stranger', 'Own it.'), said('mona', '/plan')]
  const role = async (author: string) => (author === 'mona' ? 'write' : 'read')
  const journal = { others: async () => runs }
  const deps = { clock: { now: () => new Date(AT) }, forge: { comments, role }, journal }
  const session = {
    run: '42',
    state,
    repo,
    refusedRefs: new Map(),
    stageRunner: { roles: new Map() },
    deps,
  } as unknown as Session
  const frozen = { settings: defaultSettings, settingsBlob: '', base: shaOf('base'), baseBranch: 'main' }
  return (await proposeByHand(session, emptyDraft(state), plan, frozen)).events
}

describe('a plan by hand that was asked for some paths only', () => {
  const plan = planOf('a > b', { tasks: { a: { writes: ['src/a.ts'] }, b: { writes: ['docs/**'] } } })
  it('is proposed where it stays within them', async () =>
    expect(await asked(plan, 'src', 'docs/**')).toMatchObject([{ type: 'plan_proposed' }]))
  it('is refused where a task may write elsewhere, which is named', async () =>
    expect(await asked(plan, 'src/**')).toMatchObject([
      {
        type: 'plan_refused',
        problems: [{ code: 'bad-path', task: 'b', field: 'writes', message: expect.stringContaining('`docs/**`') }],
      },
    ]))
  it('is not asked where no paths were named', async () =>
    expect(await asked(plan)).toMatchObject([{ type: 'plan_proposed' }]))
})

describe('a plan by hand whose acceptance is a script of package.json', () => {
  const files = new Map([['package.json', '{"scripts":{"test":"vitest"}}']])
  const checkedBy = (...argv: string[]) => planOf('a', { tasks: { a: { acceptance: { argv, expect: '' } } } })
  it('is proposed if the script is there', async () =>
    expect(await askedWith(files, checkedBy('npm', 'test'))).toMatchObject([{ type: 'plan_proposed' }]))
  it('is refused if it is not, and the scripts that are there are named', async () =>
    expect(await askedWith(files, checkedBy('npm', 'run', 'tset'))).toMatchObject([
      {
        type: 'plan_refused',
        problems: [
          { code: 'no-such-script', task: 'a', field: 'acceptance', message: expect.stringContaining('`test`') },
        ],
      },
    ]))
})

it('a plan by hand is refused if what it builds on is not there and no task makes it', async () => {
  const plan = planOf('a > b', {
    critical_files: ['src/htp.ts', 'a/new.ts'],
    tasks: { b: { reads: ['lib/x.ts', 'src', 'lib/**'] } },
  })
  const files = new Map([['src/http.ts', '']])
  expect(await askedWith(files, plan)).toMatchObject([
    {
      type: 'plan_refused',
      problems: [
        {
          code: 'no-such-path',
          task: null,
          field: 'critical_files',
          message: '`src/htp.ts` is not in this repository. Did you mean `src/http.ts`?',
        },
        { code: 'no-such-path', task: 'b', field: 'reads', message: '`lib/x.ts` is not in this repository.' },
      ],
    },
  ])
})

it('a plan by hand keeps for its workers what people with write access had said on the issue', async () =>
  expect(await asked(planOf('a'))).toMatchObject([{ type: 'plan_proposed', comments: ['@mona: Keep it small.'] }]))

describe('a plan by hand beside another run', () => {
  const plan = planOf('a', { tasks: { a: { writes: ['src/**'] } } })
  const beside = (...writes: string[]) => ({ ...proposed('a', { tasks: { a: { writes } } }), run: '41' })
  it('is proposed with the paths that both write, for the comment to show before the approval', async () =>
    expect(await askedBeside([beside('src/a.ts')], new Map(), plan)).toMatchObject([
      { type: 'plan_proposed', sharedWrites: [{ run: '41', paths: ['src/**'] }] },
    ]))
  it('records nothing of the kind if the paths are apart', async () =>
    expect((await askedBeside([beside('docs/**')], new Map(), plan))[0]).not.toHaveProperty('sharedWrites'))
})
