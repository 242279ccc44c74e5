import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'

const root = join(import.meta.dirname, '..')
const folder = join(root, '.github')
const text = (path: string) => readFileSync(join(folder, path), 'utf8')

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
