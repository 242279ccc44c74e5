import { expect, it } from 'vitest'
import { commitSubject } from '../../src/core/commit-words.ts'

it.each([
  ['Add retries', 'Add retries'],
  ['Add [skip ci] retries', 'Add retries'],
  ['[CI Skip] Add [no ci] [skip actions] [actions skip] retries ***NO_CI***', 'Add retries'],
  ['Add [skip [skip ci] ci] retries', 'Add retries'],
  ['Add [skip\nci] retries', 'Add retries'],
  ['Add\n\nskip-checks: true', 'Add'],
  ['Add\u0000\u001b[31m \u202eretries', 'Add [31m retries'],
  ['[skip ci]', 'Task t1'],
  ['   ', 'Task t1'],
])('%j becomes %j', (title, subject) => expect(commitSubject(title, 'Task t1')).toBe(subject))
