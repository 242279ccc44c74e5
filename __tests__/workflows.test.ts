import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { parse } from '../src/hub/runner/parse.ts'

const root = join(import.meta.dirname, '..')
const folder = join(root, '.github')
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

  it('name actions by digest, each by one, with the version behind it', () => {
    const named = files.flatMap(({ text }) => [...text.matchAll(/uses: (?!\.\/)(.*)$/gm)].map(([, action]) => action))
    expect(named.length).toBeGreaterThan(10)
    expect(named.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action ?? ''))).toEqual([])
    const actions = new Set(named.map((action) => action?.split('@')[0]))
    expect(new Set(named).size).toBe(actions.size)
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

  it('never run for a stranger with more than a token that can read', () => {
    const events = new Set(files.flatMap(({ text }) => Object.keys(workflow.parse(parseYaml(text)).on)))
    expect(events).not.toContain('pull_request_target')
    expect(events).not.toContain('workflow_run')
    expect(events).not.toContain('issue_comment')
  })

  it('leave no token in a checkout', () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))
    expect(checkouts.length).toBeGreaterThan(5)
    expect(checkouts.filter((step) => step.with?.['persist-credentials'] !== false)).toEqual([])
  })

  it('put no expression into a shell', () => {
    expect(steps.filter(({ run }) => run?.includes('${{'))).toEqual([])
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

/** What GitHub documents of issue forms; no package ships its schema. */
const form = z.strictObject({
  name: z.string().min(1),
  description: z.string().min(1),
  labels: z.array(z.string()),
  body: z
    .array(
      z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('markdown'), attributes: z.strictObject({ value: z.string() }) }),
        z.strictObject({
          type: z.enum(['textarea', 'input']),
          id: z.string().regex(/^[\w-]+$/),
          attributes: z.strictObject({
            label: z.string(),
            description: z.string().optional(),
            render: z.string().optional(),
          }),
          validations: z.strictObject({ required: z.boolean() }).optional(),
        }),
        z.strictObject({
          type: z.literal('dropdown'),
          id: z.string().regex(/^[\w-]+$/),
          attributes: z.strictObject({ label: z.string(), options: z.array(z.string()).min(1) }),
          validations: z.strictObject({ required: z.boolean() }).optional(),
        }),
        z.strictObject({
          type: z.literal('checkboxes'),
          id: z.string().regex(/^[\w-]+$/),
          attributes: z.strictObject({
            label: z.string(),
            options: z.array(z.strictObject({ label: z.string(), required: z.boolean().optional() })).min(1),
          }),
        }),
      ]),
    )
    .min(1),
})

describe('the forms for issues', () => {
  const forms = readdirSync(join(folder, 'ISSUE_TEMPLATE')).filter((name) => name !== 'config.yml')

  it.each(forms)('%s is one, with ids and labels that are there once', (name) => {
    const { body } = form.parse(parseYaml(text(`ISSUE_TEMPLATE/${name}`)))
    const fields = body.flatMap((element) => (element.type === 'markdown' ? [] : [element]))
    expect(fields.length).toBeGreaterThan(1)
    expect(new Set(fields.map(({ id }) => id)).size).toBe(fields.length)
    expect(new Set(fields.map(({ attributes }) => attributes.label)).size).toBe(fields.length)
  })

  it('lead those who found a vulnerability elsewhere', () => {
    const config = z
      .strictObject({
        blank_issues_enabled: z.boolean(),
        contact_links: z.array(z.strictObject({ name: z.string(), url: z.url(), about: z.string() })),
      })
      .parse(parseYaml(text('ISSUE_TEMPLATE/config.yml')))
    expect(config.contact_links.map(({ about }) => about).join()).toContain('Report a vulnerability')
  })
})

describe('updates of dependencies', () => {
  const { updates } = z
    .object({
      version: z.literal(2),
      updates: z.array(
        z.looseObject({
          'package-ecosystem': z.string(),
          directory: z.literal('/'),
          schedule: z.object({ interval: z.enum(['daily', 'weekly', 'monthly']) }),
          cooldown: z.object({ 'default-days': z.number().min(7) }),
          groups: z.record(z.string(), z.looseObject({ patterns: z.array(z.string()).min(1) })),
          ignore: z.array(z.object({ 'dependency-name': z.string() })).default([]),
        }),
      ),
    })
    .parse(parseYaml(text('dependabot.yml')))
  const { dependencies = {}, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const installed = Object.keys({ ...dependencies, ...devDependencies })

  it('come in groups, a week after their release, for both kinds of packages', () => {
    expect(updates.map((update) => update['package-ecosystem'])).toEqual(['npm', 'github-actions'])
  })

  it('come together if dist/ has to be built for them', () => {
    const licenses = readFileSync(join(root, 'dist', 'licenses.txt'), 'utf8')
    const bundled = installed.filter((name) => licenses.includes(`\n${name} `) || licenses.startsWith(`${name} `))
    const patterns = updates[0]?.groups.bundled?.patterns ?? []
    expect(bundled.length).toBeGreaterThan(10)
    expect(bundled.filter((name) => !patterns.some((pattern) => matchesGlob(name, pattern)))).toEqual([])
  })

  it('are ignored for packages that are there', () => {
    const ignored = updates.flatMap(({ ignore }) => ignore.map((one) => one['dependency-name']))
    expect(ignored.filter((name) => !installed.includes(name))).toEqual([])
    expect(ignored.length).toBeGreaterThan(0)
  })
})

/** Dependabot's `*` stands for anything. */
const matchesGlob = (name: string, pattern: string): boolean => {
  const [before = '', after] = pattern.split('*')
  return after === undefined ? name === pattern : name.startsWith(before) && name.endsWith(after)
}
