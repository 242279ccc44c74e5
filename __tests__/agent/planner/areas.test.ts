import { describe, expect, it } from 'vitest'
import { areasOf } from '../../../src/agent/planner/areas.ts'
import { noOptions } from '../../../src/core/plan/planning.ts'
import { input } from './planner-fixtures.ts'

const files = (folder: string, count: number) => Array.from({ length: count }, (_, index) => `${folder}/f${index}.ts`)
const names = (paths: string[], plannerInput = input(), more = false) =>
  areasOf({ paths, more }, plannerInput).map(({ name }) => name)

describe('the areas of a first look', () => {
  it('are one for a small repository', () => expect(names(files('src', 100))).toEqual(['the repository']))
  it('are the code and its checks for a larger one', () =>
    expect(names([...files('src', 200), ...files('lib', 300)])).toEqual([
      'the code (lib/, src/)',
      'tests, checks and conventions',
    ]))
  it('are three for a large one, what the issue speaks of first', () => {
    const paths = [...files('alpha', 500), ...files('beta', 400), ...files('gamma', 300), 'gamma/retry/requests.ts']
    expect(names(paths)).toEqual([
      'the code, first part (gamma/, alpha/)',
      'the code, second part (beta/)',
      'tests, checks and conventions',
    ])
  })
  it('look into a folder that holds nearly everything', () =>
    expect(names([...files('packages/one', 600), ...files('packages/two', 500), 'a/b'])[0]).toBe(
      'the code, first part (packages/one/, packages/two/)',
    ))
  it('follow the paths that the plan was asked for', () => {
    const plannerInput = input({ options: { ...noOptions, paths: ['lib/**', 'src/a'] } })
    expect(names(files('src', 1000), plannerInput)).toEqual(['lib/**, src/a', 'tests, checks and conventions'])
  })
  it('are never only one where not all was seen', () => expect(names(files('src', 10), input(), true)).toHaveLength(2))
  it('are the same each time', () => {
    const paths = [...files('b', 500), ...files('a', 500), ...files('c', 500)]
    expect(names(paths.toReversed())).toEqual(names(paths))
  })
})
