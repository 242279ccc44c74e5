import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { PLACEHOLDER } from '../src/cli/example-files.ts'
import { INPUTS, OUTPUTS } from '../src/config/inputs.ts'
import { permissionsTable } from './support/readme.ts'

const root = join(import.meta.dirname, '..')
const text = (path: string) => readFileSync(join(root, path), 'utf8')

const described = z.record(
  z.string(),
  z.strictObject({ description: z.string().min(10), required: z.boolean().optional(), default: z.string().optional() }),
)
const actionSchema = z.looseObject({
  inputs: described,
  outputs: described,
  runs: z.strictObject({ using: z.string(), main: z.string() }),
})

describe('action.yml', () => {
  const action = actionSchema.parse(parse(text('action.yml')))

  it('declares the inputs that the code reads, and no other', () => {
    expect(Object.keys(action.inputs).toSorted()).toEqual([...INPUTS].toSorted())
  })

  it('declares the outputs that the code sets, and no other', () => {
    expect(Object.keys(action.outputs).toSorted()).toEqual([...OUTPUTS].toSorted())
  })

  it('starts the committed bundle with Node 24', () => {
    expect(action.runs).toEqual({ using: 'node24', main: 'dist/index.js' })
    const { status, stdout } = spawnSync(process.execPath, [join(root, action.runs.main)], {
      env: {},
      encoding: 'utf8',
    })
    expect(stdout).toMatch(/^::error::Error: The workflow gives this action wrong inputs: role: /)
    expect(status).toBe(1)
  })
})

const stepSchema = z.looseObject({
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).default({}),
})
const jobSchema = z.looseObject({
  permissions: z.record(z.string(), z.string()),
  'timeout-minutes': z.number(),
  outputs: z.record(z.string(), z.string()).default({}),
  steps: z.array(stepSchema).min(1),
})
const workflowSchema = z.looseObject({
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(z.string(), jobSchema),
})

describe('the workflow that users paste', () => {
  const example = text('examples/tributary.yml')
  const { permissions, jobs } = workflowSchema.parse(parse(example))
  const steps = Object.values(jobs).flatMap((job) => job.steps)
  const ours = steps.filter(({ uses }) => uses === PLACEHOLDER)

  it('has at most 70 lines', () => {
    expect(example.trimEnd().split('\n').length).toBeLessThanOrEqual(70)
  })

  it("is taken by GitHub's own parser without a complaint", async () => {
    const { context, value } = parseWorkflow({ name: 'tributary.yml', content: example }, new NoOperationTraceWriter())
    expect(context.errors.getErrors()).toEqual([])
    if (value === undefined) throw new Error('nothing was parsed')
    const template = await convertWorkflowTemplate(context, value)
    expect(template.errors ?? []).toEqual([])
    expect(template.jobs.map((job) => job.id.value)).toEqual(['command', 'orchestrate', 'work', 'recover'])
  })

  it('starts the action once in each job, with inputs that the action has', () => {
    expect(ours.length).toBe(Object.keys(jobs).length)
    const given = new Set(ours.flatMap((step) => Object.keys(step.with)))
    expect([...given].filter((name) => !INPUTS.some((input) => input === name))).toEqual([])
    expect(ours.map((step) => step.with.role)).toEqual(Object.keys(jobs))
  })

  it('hands on the outputs that the action has', () => {
    const named = Object.values(jobs.command?.outputs ?? {}).map(
      (value) => /steps\.it\.outputs\.(\w+)/.exec(value)?.[1],
    )
    expect(named.toSorted()).toEqual([...OUTPUTS].toSorted())
  })

  it('gives nothing to a job that did not ask, and each job what the page about installing says', () => {
    expect(permissions).toEqual({})
    expect(permissionsTable(text('docs/install.md'))).toEqual(
      Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, job.permissions])),
    )
  })

  it('gives the jobs that run code of the repository a token that can only read, and leaves it nowhere', () => {
    expect(jobs.work?.permissions).toEqual({ contents: 'read' })
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@') === true)
    expect(checkouts.map((step) => step.with['persist-credentials'])).toEqual([false])
    expect(jobs.work?.steps).toContain(checkouts[0])
  })

  it('lets no expression reach a shell', () => {
    const scripts = steps.flatMap(({ run }) => run ?? [])
    expect(scripts.length).toBeGreaterThan(0)
    expect(scripts.filter((script) => script.includes('${{'))).toEqual([])
  })

  it('ends every job by itself', () => {
    for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeLessThanOrEqual(360)
  })
})
