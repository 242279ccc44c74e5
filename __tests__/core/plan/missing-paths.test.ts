import { describe, expect, it } from 'vitest'
import { lintPlan } from '../../../src/core/plan/lint.ts'
import type { Task } from '../../../src/core/plan/plan.ts'
import { defaultSettings } from '../../../src/core/settings.ts'
import { planOf } from '../../support/plan.ts'

/** `lib/linked` is a symbolic link, and `vendor/theme` a submodule: git lists no path below them. */
const BASE = ['src/http.ts', 'src/log/write.ts', 'lib/linked', 'vendor/theme']

const problems = (graph: string, tasks: Record<string, Partial<Task>>, critical_files: string[] = [], files = BASE) =>
  lintPlan(planOf(graph, { tasks, critical_files }), defaultSettings, {
    files: new Set(files),
    scripts: null,
  }).problems.map(({ code, task, field, message }) => [code, task, field, message])

const reading = (...reads: string[]) => problems('a', { a: { reads } })

describe('a plan that builds on a file', () => {
  it('is refused if the base lacks the file, with what was probably meant', () => {
    expect(reading('src/htp.ts')).toEqual([
      ['no-such-path', 'a', 'reads', '`src/htp.ts` is not in this repository. Did you mean `src/http.ts`?'],
    ])
    expect(problems('a', {}, ['docs/x.md'])).toEqual([
      ['no-such-path', null, 'critical_files', '`docs/x.md` is not in this repository.'],
    ])
  })

  it('is not refused for files and folders of the base, or globs', () =>
    expect(reading('src/http.ts', 'src/log', 'nowhere/**', 'src/{a,b}.ts')).toEqual([]))

  it('is not refused for what lies behind a link or in a submodule', () =>
    expect(reading('lib/linked/x.ts', 'vendor/theme/css/main.css')).toEqual([]))

  it('is not refused for what an installation or a build makes', () =>
    expect(reading('node_modules/zod/index.d.ts', 'packages/a/dist/index.js')).toEqual([]))

  it('is not refused for what a task of the plan may create, whichever comes first', () => {
    expect(problems('a > b', { a: { writes: ['src/new/**'] }, b: { reads: ['src/new/index.ts'] } })).toEqual([])
    expect(problems('a, b', { a: { reads: ['src/new/index.ts'] }, b: { writes: ['src/new/**'] } })).toEqual([])
    expect(problems('a', { a: { writes: ['a/new.ts'] } }, ['a/new.ts'])).toEqual([])
  })

  it('is not refused where the paths of the base are not known', () => {
    const plan = planOf('a', { tasks: { a: { reads: ['src/htp.ts'] } } })
    expect(lintPlan(plan, defaultSettings).problems).toEqual([])
    expect(lintPlan(plan, defaultSettings, { files: null, scripts: [] }).problems).toEqual([])
  })

  it('is refused at once in a large repository, however many folders its tasks read', () => {
    const files = Array.from({ length: 50_000 }, (_, at) => `p${at % 500}/d${at % 5000}/f${at}.ts`)
    const tasks = Object.fromEntries(
      Array.from({ length: 100 }, (_, at) => [`t${at}`, { reads: [`p${at}`, `p${at}/d${at}`] }]),
    )
    expect(problems(Object.keys(tasks).join(', '), tasks, [], files)).toEqual([])
  })
})
