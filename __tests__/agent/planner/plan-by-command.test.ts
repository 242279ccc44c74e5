import { describe, expect, it } from 'vitest'
import { draftOfText } from '../../../src/agent/planner/plan-by-command.ts'
import { noOptions } from '../../../src/core/plan/planning.ts'
import { defaultSettings } from '../../../src/core/settings.ts'
import { written, writtenHead } from './planner-fixtures.ts'

const rules = { settings: defaultSettings, options: noOptions, known: { files: null, scripts: ['lint'] } }
const questions = [{ id: '1', question: 'Which colour?', options: ['blue', 'red'], default: 'blue' }]
const drafted = (head: object) => {
  const made = draftOfText(JSON.stringify({ ...writtenHead, ...head, tasks: [written('t1')] }), rules)
  if (!made.ok) throw new Error(made.error)
  return made.value
}

describe('the plan of another program', () => {
  it('says in a note of the plan that its open questions became assumptions', () => {
    const { plan, notes } = drafted({ questions })
    expect(plan.questions).toEqual([])
    expect(plan.assumptions).toContain('Which colour? blue')
    expect(notes).toEqual([
      'the program that planned left a question open: what it would do stands among the assumptions, and `/revise` says otherwise',
    ])
    expect(drafted({ questions: [] }).notes).toEqual([])
  })

  it('is told of a script that its acceptance names and that is not there, as any plan', () =>
    expect(drafted({ questions: [] }).problems).toContainEqual(
      expect.stringContaining('`t1`, acceptance: `npm test` names a script that package.json does not have'),
    ))
})
