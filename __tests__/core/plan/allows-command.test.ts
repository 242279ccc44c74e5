import { expect, it } from 'vitest'
import { allowsCommand } from '../../../src/core/plan/plan.ts'

it.each([
  ['npm test', 'npm test', true],
  ['npm test', 'npm test x', false],
  ['npm test x', 'npm test', false],
  ['npm test --', 'npm test --', true],
  ['npm test --', 'npm test -- a -u', true],
  ['npm test --', 'npm test', false],
  ['npm test --', 'npm test a', false],
  ['npm test --', 'npm run -- a', false],
  ['npm -- test', 'npm -- test a', false],
  ['--', '-- rm', false],
])('`%s` allows `%s`: %s', (listed, argv, allowed) =>
  expect(allowsCommand(listed.split(' '), argv.split(' '))).toBe(allowed),
)
