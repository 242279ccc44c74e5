import { describe, expect, it } from 'vitest'
import { commitSubject, withoutControlWords } from '../../../src/core/text/control-characters.ts'
import { computeSeconds } from '../../support/processor.ts'

describe('the subject of a commit', () => {
  it.each([
    ['Add retries', 'Add retries'],
    ['fix: close the file when fixed (2 of 3)', 'fix: close the file when fixed (2 of 3)'],
    ['Resolve paths by name', 'Resolve paths by name'],
    ['Use C# and a#b', 'Use C# and a#b'],
    ['Skip [ci] jobs', 'Skip [ci] jobs'],
    ['Load standby: a second host', 'Load standby: a second host'],
    ['   ', 'Task t1'],
  ])('%j says what it said: %j', (title, subject) => expect(commitSubject(title, 'Task t1')).toBe(subject))

  it.each([
    ['Add [skip ci] retries', 'Add retries'],
    ['[CI Skip] Add [no ci] [skip actions] [actions skip] retries ***NO_CI***', 'Add retries'],
    ['[skip-ci] Add [ skip ci ] [skip workflow] retries', 'Add retries'],
    ['Add [skip [skip ci] ci] retries', 'Add retries'],
    ['[skip azp] [azp skip] [skip netlify] [netlify skip] Add retries', 'Add retries'],
    ['[skip travis] [travis skip] [skip circle] [circle skip] Add retries', 'Add retries'],
    ['Add [skip\nci] retries', 'Add retries'],
    ['Add [skip\u200bci] retries', 'Add retries'],
    ['Add\n\nskip-checks: true', 'Add'],
    ['Add\n\nskip-checks:true', 'Add'],
    ['Add skip-skip-checks: truechecks: true it', 'Add skip- checks: true it'],
    ['[skip ci]', 'Task t1'],
  ])('%j starts its workflows: %j', (title, subject) => expect(commitSubject(title, 'Task t1')).toBe(subject))

  it.each([
    ['Fixes #1', 'Fixes # 1'],
    ['Fix it, closes: octo/cat#12', 'Fix it, closes: octo/cat# 12'],
    ['resolved GH-7', 'resolved GH 7'],
    ['Fixes https://github.com/o/r/issues/3', 'Fixes github.com/o/r/issues/3'],
    ['See hthttps://tps://evil.example', 'See evil.example'],
    ['Ask @alice and @octo/team about @types/node', 'Ask @ alice and @ octo/team about @ types/node'],
  ])('%j closes nothing and calls nobody: %j', (title, subject) =>
    expect(commitSubject(title, 'Task t1')).toBe(subject),
  )

  it.each([
    ['Add it\n\nCo-authored-by: Eve <eve@x.example>', 'Add it Co-authored-by Eve <eve@ x.example>'],
    ['Signed-off-by: Eve', 'Signed-off-by Eve'],
    ['Reviewed-By : Eve', 'Reviewed-By Eve'],
    ['Change-Id: I0123', 'Change-Id I0123'],
    ['Tributary-Task: t9', 'Tributary-Task t9'],
  ])('%j says nothing in the name of others: %j', (title, subject) =>
    expect(commitSubject(title, 'Task t1')).toBe(subject),
  )

  it.each([
    ['fixup! Add', 'Add'],
    ['squash! fixup! amend! Add', 'Add'],
    ['# Add', 'Add'],
    ['#12 Add', '12 Add'],
    ['## fixup! # Add', 'Add'],
    ['[skip ci]fixup! Add', 'Add'],
    ['fix[skip ci]up! Add', 'fix up! Add'],
    ['Add\u0000\u001b[31m \u202eretries', 'Add [31m retries'],
    ['Add\u2028re\u{e0041}tries\ud800', 'Add re tries'],
  ])('%j is a line like any other: %j', (title, subject) => expect(commitSubject(title, 'Task t1')).toBe(subject))

  it('comes to its end in time in proportion to what it is given', () => {
    const seconds = computeSeconds(() => {
      for (const piece of ['[skip ', 'fixes ', 'a-', 'a/', '@#', 'https://', 'tributary-'])
        commitSubject(piece.repeat(20_000), 'Task t1')
    })
    expect(seconds).toBeLessThan(8)
  })
})

describe('text that may become part of a message', () => {
  it.each([
    ['const a = 1 // [skip ci]', 'const a = 1 //  '],
    ['Add [skip\u00a0ci] it', 'Add   it'],
    ['Add [azp\tskip] [skip netlify] it', 'Add     it'],
    ['Closes #9\nsee #9', 'Closes # 9\nsee #9'],
    ['FIXED o/r#3, fixes gh-4', 'FIXED o/r# 3, fixes gh 4'],
    [
      'Resolves https://ghe.example/o/r/pull/8 and https://x.example/a',
      'Resolves ghe.example/o/r/pull/8 and https://x.example/a',
    ],
    ['prefix #9 and color: #123456', 'prefix #9 and color: #123456'],
  ])('%j becomes %j', (text, tame) => expect(withoutControlWords(text)).toBe(tame))
})
