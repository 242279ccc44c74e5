import { describe, expect, it } from 'vitest'
import { areasOf } from '../../../../src/agent/planner/exploration/areas.ts'
import { issueWords, pathWeights } from '../../../../src/agent/planner/exploration/path-weights.ts'
import type { PlannerInput } from '../../../../src/agent/planner/planner-input.ts'
import { noOptions } from '../../../../src/core/plan/planning.ts'
import { input } from '../planner-fixtures.ts'

const files = (folder: string, count: number) => Array.from({ length: count }, (_, index) => `${folder}/f${index}.ts`)
const none = new Map<string, number>()
const weightsFor = (paths: string[], plannerInput: PlannerInput) =>
  pathWeights(paths, { words: issueWords(plannerInput), mentions: none, importers: none, lately: none })
const names = (paths: string[], plannerInput = input(), more = false, packages: string[] = []) =>
  areasOf({ paths, more, packages, weights: weightsFor(paths, plannerInput) }, plannerInput).map(({ name }) => name)

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
  it('are packages of a workspace where there are some, and the folders around them', () => {
    const paths = [...files('packages/api', 300), ...files('packages/web/src', 500), ...files('tools', 100)]
    const packages = ['packages/api/', 'packages/web/', 'packages/web/src/inner/']
    expect(names(paths, input(), false, packages)).toEqual([
      'the code, first part (packages/web/, packages/api/)',
      'the code, second part (tools/)',
      'tests, checks and conventions',
    ])
  })
  it('name twelve folders each, and say how many more there are', () => {
    const many = Array.from({ length: 60 }, (_, n) => files(`f${n}`, 20)).flat()
    expect(names(many)[0]).toMatch(/f\d+\/ and 18 more folders\)$/)
  })
  it('are never only one where not all was seen', () => expect(names(files('src', 10), input(), true)).toHaveLength(2))
  it('are the same each time', () => {
    const paths = [...files('b', 500), ...files('a', 500), ...files('c', 500)]
    expect(names(paths.toReversed())).toEqual(names(paths))
  })
})
