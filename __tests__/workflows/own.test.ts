import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { parse } from '../../src/hub/runner/workflow/parse.ts'

const folder = join(import.meta.dirname, '..', '..', '.github')
const names = readdirSync(join(folder, 'workflows'))
const text = (path: string) => readFileSync(join(folder, path), 'utf8')

const step = z.looseObject({
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
})
const permissions = z.record(z.string(), z.enum(['read', 'write', 'none']))
const job = z.looseObject({
  permissions,
  uses: z.string().optional(),
  'timeout-minutes': z.number().optional(),
  steps: z.array(step).default([]),
})
const workflow = z.looseObject({ on: z.record(z.string(), z.unknown()), permissions, jobs: z.record(z.string(), job) })

const files = names.map((name) => ({ name, text: text(`workflows/${name}`) }))
const jobs = files.flatMap(({ name, text }) =>
  Object.entries(workflow.parse(parseYaml(text)).jobs).map(([id, job]) => ({ name: `${name}: ${id}`, ...job })),
)
const steps = jobs.flatMap((job) => job.steps.map((step) => ({ job: job.name, ...step })))

describe('our own workflows', () => {
  it.each(files)('$name is one that GitHub reads', async ({ name, text }) => {
    const parsed = await parse(`.github/workflows/${name}`, text)
    expect(parsed.ok ? [] : parsed.errors).toEqual([])
  })

  it('name one version of each action', () => {
    const shipped = readFileSync(join(folder, '..', 'examples', 'tributary.yml'), 'utf8')
    const texts = [...files.map(({ text }) => text), shipped]
    const named = new Set(texts.flatMap((text) => [...text.matchAll(/uses: ([\w-]+\/.*)$/gm)].map(([, one]) => one)))
    const actions = new Set([...named].map((one) => one?.split('@')[0]))
    expect(actions.size).toBeGreaterThan(4)
    expect(named.size).toBe(actions.size)
  })

  it('give nothing by default, and each job what it says itself', () => {
    for (const { name, text } of files) expect([name, workflow.parse(parseYaml(text)).permissions]).toEqual([name, {}])
    const writing = jobs
      .filter(({ permissions }) => Object.values(permissions).includes('write'))
      .map(({ name }) => name)
    expect(writing.sort()).toEqual([
      'dist.yml: commit',
      'probe.yml: repository',
      'release.yml: attest',
      'release.yml: publish',
    ])
  })

  it('run no program of a branch beside a token that can write, but for the probe, which a person starts', () => {
    const words = (name: string) =>
      jobs.filter((job) => job.name === name).flatMap(({ steps }) => steps.map(({ run = '' }) => run))
    for (const name of ['dist.yml: commit', 'release.yml: attest', 'release.yml: publish'])
      expect([name, words(name).filter((run) => /\b(npm|npx|node|bash|sh) /.test(run))]).toEqual([name, []])
  })

  it('leave no token in a checkout', () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))
    expect(checkouts.length).toBeGreaterThan(5)
    expect(checkouts.filter((step) => step.with?.['persist-credentials'] !== false)).toEqual([])
  })

  it('end', () => {
    const endless = jobs.filter((job) => job.uses === undefined && job['timeout-minutes'] === undefined)
    expect(endless.map(({ name }) => name)).toEqual([])
  })

  it('have one check that stands for all of CI', () => {
    const ci = workflow.parse(parseYaml(text('workflows/ci.yml'))).jobs
    const others = Object.keys(ci).filter((id) => id !== 'ci-ok')
    expect(ci['ci-ok']).toMatchObject({ if: 'always()', needs: others })
    const all = others.map(() => 'success').join(',')
    expect(ci['ci-ok']?.steps).toEqual([
      { run: `test "$RESULTS" = '${all}'`, env: { RESULTS: expect.stringContaining('join(needs.*.result') } },
    ])
  })
})
