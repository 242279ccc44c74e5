import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { workflowFor } from '../../src/cli/example-files.ts'
import { actionlint } from './actionlint.ts'

const root = join(import.meta.dirname, '..', '..')
const folder = join(root, '.github', 'workflows')
const files = new Map<string, string>([
  ['examples/tributary.yml', workflowFor(`octo/tributary@${'0123456789'.repeat(4)} # v1`)],
  ...readdirSync(folder).map((name): [string, string] => [
    `.github/workflows/${name}`,
    readFileSync(join(folder, name), 'utf8'),
  ]),
])

/** What actionlint says wrongly; the reason stands at the place itself. */
const FALSE_ALARMS = [/unexpected key "queue" for "concurrency" section/]

const stepSchema = z.looseObject({
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.unknown()).default({}),
})
const jobSchema = z.looseObject({ steps: z.array(stepSchema).default([]), secrets: z.unknown().optional() })
const workflowSchema = z.looseObject({
  name: z.string(),
  on: z.unknown(),
  permissions: z.record(z.string(), z.enum(['read', 'none'])),
  jobs: z.record(z.string(), jobSchema),
})

describe.each([...files])('%s', (path, text) => {
  const { on, jobs } = workflowSchema.parse(parse(text))
  const steps = Object.values(jobs).flatMap((job) => job.steps)

  it('passes actionlint', async () => {
    const found = await actionlint(path, text)
    expect(found.filter((line) => !FALSE_ALARMS.some((alarm) => alarm.test(line)))).toEqual([])
  })

  it('pins every action by digest, with the version behind it (unpinned-uses, ref-version-mismatch)', () => {
    const named = [...text.matchAll(/uses: (?!\*|\.\/|\$\/)(?:&\w+ )?(.*)$/gm)].map(([, uses = '']) => uses)
    expect(named.length).toBeGreaterThan(0)
    expect(named.filter((uses) => !/^[\w.-]+(\/[\w.-]+)+@[0-9a-f]{40}\b.*# v\d/.test(uses))).toEqual([])
  })

  it('lets no expression reach a shell (template-injection)', () => {
    expect(steps.flatMap(({ run = '' }) => (run.includes('${{') ? [run] : []))).toEqual([])
  })

  it('says of each checkout whether it leaves a token behind (artipacked)', () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))
    for (const step of checkouts) expect(step.with['persist-credentials']).toBeTypeOf('boolean')
  })

  it('gives people from outside no more than they have (dangerous-triggers)', () => {
    expect(JSON.stringify(on)).not.toMatch(/pull_request_target|workflow_run\b/)
  })

  it('names each secret that it needs (overprovisioned-secrets, secrets-inherit)', () => {
    expect(text).not.toMatch(/toJSON\(secrets\)|secrets\[/i)
    for (const job of Object.values(jobs)) expect(job.secrets).not.toBe('inherit')
  })

  it('has no expression that is a constant in disguise (obfuscation)', () => {
    expect(text).not.toMatch(/\b(fromJSON|toJSON|format)\(\s*'[^']*'\s*\)/i)
    expect(steps.filter(({ uses }) => uses !== undefined && /\.\.|\/\/|\/\.\//.test(uses))).toEqual([])
  })

  it('has no condition that a line break makes true (unsound-condition)', () => {
    expect(text).not.toMatch(/\bif: [|>]-?\n\s*\$\{\{/)
  })
})

describe('actionlint', () => {
  it('would say so', async () => {
    expect(
      await actionlint('bad.yml', 'on: push\njobs: { a: { runs-on: x-latest, steps: [{ rum: 1 }] } }\n'),
    ).not.toEqual([])
  })
})
