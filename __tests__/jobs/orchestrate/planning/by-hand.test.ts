import { describe, expect, it } from 'vitest'
import type { Plan } from '../../../../src/core/plan/plan.ts'
import { noOptions } from '../../../../src/core/plan/planning.ts'
import { defaultSettings } from '../../../../src/core/settings.ts'
import { proposeByHand } from '../../../../src/jobs/orchestrate/planning/begin.ts'
import { emptyDraft } from '../../../../src/jobs/orchestrate/session/event-draft.ts'
import type { Session } from '../../../../src/jobs/orchestrate/session/session.ts'
import { memorySources } from '../../../support/memory/files.ts'
import { planOf } from '../../../support/plan.ts'
import { planning } from '../../../support/planning.ts'
import { AT, shaOf } from '../../../support/run.ts'

/** `/plan --paths …` on an issue that holds this plan. */
async function asked(plan: Plan, ...paths: string[]) {
  const state = { ...planning(), planning: null, options: { ...noOptions, paths } }
  const repo = {
    treeOf: async () => shaOf('tree'),
    commit: async () => shaOf('trunk'),
    sources: () => memorySources({ files: new Map() }),
  }
  const said = (author: string, body: string) => ({ author, type: 'User', belongs: true, body })
  const comments = async () => [said('mona', 'Keep it small.'), said('stranger', 'Own it.'), said('mona', '/plan')]
  const role = async (author: string) => (author === 'mona' ? 'write' : 'read')
  const journal = { others: async () => [] }
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

it('a plan by hand keeps for its workers what people with write access had said on the issue', async () =>
  expect(await asked(planOf('a'))).toMatchObject([{ type: 'plan_proposed', comments: ['@mona: Keep it small.'] }]))
