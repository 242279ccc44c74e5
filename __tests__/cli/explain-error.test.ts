import { describe, expect, it } from 'vitest'
import { explainError } from '../../src/cli/explain-error.ts'
import { EnvironmentError, Mistake } from '../../src/cli/subcommand.ts'

const said = (error: unknown, debug = false) => explainError(error, 'tributary log', debug)
const system = (code: string, more: object = {}) => Object.assign(new Error(`${code}: raw`), { code, ...more })

describe('an error at the terminal', () => {
  it('is a mistake of the person: a sentence, how it is typed, and 2', () =>
    expect(said(new Mistake('that is wrong'))).toEqual({
      lines: ['tributary log: that is wrong', '`tributary log --help` shows how to use it.'],
      code: 2,
    }))

  it('is a mistake that no help would help', () =>
    expect(said(new Mistake('there is nothing', { typing: false }))).toEqual({
      lines: ['tributary log: there is nothing'],
      code: 2,
    }))

  it.each([
    [new EnvironmentError('the disk is gone'), 'the disk is gone'],
    [
      system('ENOTFOUND', { hostname: 'api.github.com' }),
      'api.github.com cannot be reached: its name does not exist (ENOTFOUND)',
    ],
    [
      new TypeError('fetch failed', { cause: system('ECONNREFUSED', { address: '127.0.0.1', port: 1 }) }),
      '127.0.0.1:1 cannot be reached: nothing is listening there (ECONNREFUSED)',
    ],
    [
      new TypeError('fetch failed', {
        cause: new AggregateError([system('ETIMEDOUT', { address: '::1', port: 443 })]),
      }),
      '::1:443 cannot be reached: it does not answer (ETIMEDOUT)',
    ],
    [system('UND_ERR_CONNECT_TIMEOUT'), 'the host cannot be reached: it does not answer (UND_ERR_CONNECT_TIMEOUT)'],
    [new TypeError('fetch failed', { cause: new Error('bad port') }), 'a request over the network failed: bad port'],
    [system('ENOENT', { syscall: 'open', path: '/a' }), 'there is no /a'],
    [
      system('ENOENT', { syscall: 'spawn git', path: 'git' }),
      'the program `git` is not installed; install it, or put it on your PATH',
    ],
    [system('ENOENT', { syscall: 'uv_cwd' }), 'the current folder no longer exists; change to another one'],
    [system('EACCES', { syscall: 'mkdir', path: '/a' }), '/a cannot be read or written by this user'],
    [system('EACCES', { syscall: 'listen', port: 80 }), 'port 80 cannot be opened by this user; choose one above 1023'],
    [
      system('EADDRINUSE', { syscall: 'listen', port: 4000 }),
      'port 4000 is in use; choose another one, or 0 for any free port',
    ],
    [system('ENOSPC', { syscall: 'write', path: '/a' }), 'the disk is full, so /a cannot be written'],
    [system('ENOSPC', { syscall: 'write' }), 'ENOSPC: raw'],
    [system('EROFS', { syscall: 'mkdir', path: '/a' }), '/a is on a read-only disk'],
    [
      new Error('git init could not be started', { cause: system('ENOENT', { syscall: 'spawn git', path: 'git' }) }),
      'the program `git` is not installed; install it, or put it on your PATH',
    ],
  ])('is a broken world, and 1: %s', (error, sentence) =>
    expect(said(error)).toEqual({ lines: [`tributary log: ${sentence}`], code: 1 }),
  )

  it('is a bug if it only has a code that every object has a value for', () =>
    expect(said(system('constructor')).lines.join('\n')).toContain('this is a bug in Tributary'))

  it.each([
    [new TypeError('x is not a function\n    at y'), 'TypeError: x is not a function'],
    [new SyntaxError('Unexpected token'), 'SyntaxError: Unexpected token'],
    ['a string', 'a string'],
    [Object.assign(new Error('odd'), { code: 'ERR_ODD' }), 'Error: odd'],
  ])('is a bug of ours, which asks for a report in one line: %s', (error, first) =>
    expect(said(error)).toEqual({
      lines: [
        `tributary log: this is a bug in Tributary (${first}); please report it, with what the command prints with TRIBUTARY_DEBUG=1 in front of it`,
      ],
      code: 1,
    }),
  )

  it('is short, whatever its message holds', () => {
    expect(said(new Error('x'.repeat(10_000))).lines.join('\n').length).toBeLessThan(700)
  })

  it('shows its trace and its causes to who asks for them, without a password', () => {
    const { lines } = said(new Error('a', { cause: new Error('https://me:secret@host/x failed') }), true)
    const text = lines.join('\n')
    expect(text).toContain('explain-error.test.ts')
    expect(text).toContain('https://***@host/x failed')
    expect(text).not.toContain('secret')
  })
})
