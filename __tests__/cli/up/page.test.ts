import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { judgePlan } from '../../../src/cli/check/judge-plan.ts'
import { isProblem } from '../../../src/cli/finding.ts'
import { run } from '../../../src/cli/run/subcommand.ts'
import { up } from '../../../src/cli/up/subcommand.ts'
import { unknownBase } from '../../../src/core/plan/known-base.ts'
import { defaultSettings } from '../../../src/core/settings.ts'
import { tableUnder } from '../../support/readme.ts'

const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'on-your-machine.md'), 'utf8')
const optionsIn = (text: string) =>
  [...new Set([...text.matchAll(/--[a-z][a-z-]*/g)].map(([option]) => option))].toSorted()

describe('the page about your machine', () => {
  it('lists the options of `up`, and no other', () => {
    const listed = tableUnder(page, '# On your machine').map(([option = '']) => option)
    expect(optionsIn(listed.join())).toEqual(optionsIn(up.help.join()))
  })

  it('types `run` with options that it has', () => {
    const typed = page.split('\n').filter((line) => / run (?:"|--)/.test(line))
    expect(typed).toHaveLength(2)
    expect(optionsIn(run.help.join())).toEqual(expect.arrayContaining(optionsIn(typed.join())))
  })

  it('shows a plan that `/plan` would take', () => {
    const text = /```tributary\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
    const { plan, findings } = judgePlan({ name: 'plan.yml', text }, defaultSettings, unknownBase)
    expect(findings.filter(isProblem)).toEqual([])
    expect(plan?.tasks.map(({ id }) => id)).toEqual(['hello', 'guide'])
  })
})
