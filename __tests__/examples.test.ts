import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { parseIssue } from '../src/cli/demo/sample-repository.ts'
import { readHandPlan } from '../src/config/hand-plan.ts'
import { readSettings } from '../src/config/settings.ts'
import { lintPlan } from '../src/core/plan/lint.ts'
import { defaultSettings } from '../src/core/settings.ts'
import { faultSchema } from '../src/hub/control/faults.ts'
import { blocksOf } from './support/readme.ts'

const root = join(import.meta.dirname, '..')
const text = (path: string) => readFileSync(join(root, path), 'utf8')

/** The ids of a plan that can be read and that the lint has nothing against; throws where it cannot. */
function tasksOf(body: string, settings = defaultSettings): string[] {
  const plan = readHandPlan(body, settings)
  if (!plan.ok) throw new Error(JSON.stringify(plan.error))
  const { problems, plan: linted } = lintPlan(plan.value, settings)
  expect(problems).toEqual([])
  return linted.tasks.map(({ id }) => id)
}

describe('the demo', () => {
  const settings = readSettings(text('examples/demo/.github/tributary.yml'))
  const issue = parseIssue(text('examples/demo/issue.md'))

  it('has settings without a mistake', () => {
    expect(settings.ok ? [] : settings.error).toEqual([])
  })

  it('has a plan of twelve tasks, with one gate, that its settings allow', () => {
    if (!settings.ok) throw new Error('the settings cannot be read')
    expect(tasksOf(issue.body, settings.value)).toHaveLength(12)
    expect(issue.body.match(/kind: gate/g)).toHaveLength(1)
  })

  it('has a program for each task but the gate', () => {
    const named = [...issue.body.matchAll(/tools\/steps\/(\w+)\.mjs/g)].map(([path]) => path)
    expect(named).toHaveLength(11)
    for (const path of named) expect(text(`examples/demo/${path}`)).toContain('think(')
  })
})

it('the workflow passes on all that the page about agents says of a gateway, to both steps that call a model', () => {
  const steps = text('examples/tributary.yml').match(/role: (?:orchestrate|work)\b[\s\S]*?env: \{[^\n]*\}/g) ?? []
  expect(steps).toHaveLength(2)
  const rows = [...text('docs/agents.md').matchAll(/^\| `(ANTHROPIC_\w+)` \| a (secret|variable) \|/gm)]
  expect(rows.map(([, name]) => name)).toEqual(['ANTHROPIC_BASE_URL', 'ANTHROPIC_API_KEY', 'ANTHROPIC_CUSTOM_HEADERS'])
  for (const step of steps)
    for (const [, name, kind] of rows)
      expect(step).toContain(`${name}: '\${{ ${kind === 'secret' ? 'secrets' : 'vars'}.${name} }}'`)
})

describe('what the documents show', () => {
  const pages = ['docs/agents.md', 'docs/plan-by-hand.md', 'docs/settings.md', 'docs/how-it-works.md', 'docs/hub.md']

  it.each(pages)('%s has plans that can be read, and whose lint is clean', (page) => {
    for (const block of blocksOf(text(page), 'tributary'))
      expect(tasksOf(`\`\`\`tributary\n${block}\`\`\`\n`).length).toBeGreaterThan(0)
  })

  it('there is a plan in the page about plans', () => {
    expect(blocksOf(text('docs/plan-by-hand.md'), 'tributary').length).toBeGreaterThan(0)
  })

  it('the faults of the page about the hub are faults', () => {
    const [block = '[]'] = blocksOf(text('docs/hub.md'), 'json')
    const faults = z.array(faultSchema).parse(JSON.parse(block))
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(
      new Set(faultSchema.options.map(({ shape }) => shape.kind.value)),
    )
  })

  it('the settings of the page about settings are the defaults, all of them', () => {
    const [block = ''] = blocksOf(text('docs/settings.md'), 'yaml')
    expect(readSettings(block)).toEqual({ ok: true, value: defaultSettings })
    for (const key of keysOf(defaultSettings)) expect(block).toContain(`${key}:`)
  })
})

const keysOf = (value: unknown): string[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, inner]) => [key, ...keysOf(inner)])
    : []
