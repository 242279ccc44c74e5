import { describe, expect, it } from 'vitest'
import { writesOverlap } from '../../../src/core/plan/glob.ts'
import { isProtected, protectedGlobs, touchedProtected } from '../../../src/core/plan/protected-paths.ts'
import { settingsSchema } from '../../../src/core/settings.ts'

const globs = protectedGlobs(settingsSchema.parse({ protected_paths: ['infra/**', '**/package.json', 'LICENSE'] }))

describe('a protected path', () => {
  it.each([
    ['infra/main.tf', true],
    ['INFRA/main.tf', true],
    // The short name that a file system may give to a long one.
    ['INFRA~1/main.tf', true],
    ['web/package.json', true],
    ['web/PACKAG~1.JSO', true],
    ['license', true],
    ['.github/workflows/ci.yml', true],
    ['infrastructure/main.tf', false],
    ['docs/LICENSE.md', false],
  ])('%s: %j', (path, expected) => expect(isProtected(path, globs)).toBe(expected))
})

describe('the protected path that a glob of `writes` could touch', () => {
  it.each([
    ['infra/main.tf', 'infra/**'],
    ['Infra/**', 'infra/**'],
    ['{docs,infra}/**', 'infra/**'],
    ['**', 'infra/**'],
    ['web/package.json', '**/package.json'],
    ['src/**', null],
    ['docs/*.md', null],
  ])('%s: %j', (glob, expected) =>
    expect(
      touchedProtected(
        glob,
        globs.filter((one) => !one.startsWith('.')),
      ),
    ).toBe(expected),
  )
})

it('two tasks could write the same path if any of their globs could', () => {
  const overlap = (a: string[], b: string[]) => writesOverlap({ writes: a }, { writes: b })
  expect(overlap(['a/**', 'b/**'], ['c/**', 'b/x.ts'])).toBe(true)
  expect(overlap(['a/**', 'b/**'], ['c/**', 'd/**'])).toBe(false)
  expect(overlap(['docs'], ['Docs/a.md'])).toBe(true)
})
