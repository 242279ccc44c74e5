import { describe, expect, it } from 'vitest'
import { readReport } from '../../../../src/adapters/git/remote/push-report.ts'

const LOG = 'refs/tributary/42/log'
const TRUNK = 'refs/heads/tributary/42/trunk'
const LOCK = 'refs/heads/tributary/42/unlock-door'

const rejected = (...lines: [ref: string, why: string][]): string =>
  lines.map(([ref, why]) => `!\t${'1'.repeat(40)}:${ref}\t${why}\n`).join('')
const remote = (...lines: string[]): string => lines.map((line) => `remote: ${line}        \n`).join('')
const read = (stdout: string, stderr = '') => readReport(stdout, stderr, [LOG, TRUNK, LOCK])

const ATOMIC = '[remote rejected] (atomic push failure)'
const TRANSACTION = '[remote rejected] (atomic transaction failed)'
const WHOLE = '[remote rejected] (pre-receive hook declined)'

describe('a lost race is told by the whole messages of git', () => {
  it.each([
    ['a lease', rejected([TRUNK, '[rejected] (stale info)'], [LOG, '[rejected] (atomic push failed)']), ''],
    [
      'a lock',
      rejected([
        LOG,
        `[remote rejected] (cannot lock ref '${LOG}': is at ${'2'.repeat(40)} but expected ${'1'.repeat(40)})`,
      ]),
      '',
    ],
    [
      'a transaction',
      rejected([LOG, TRANSACTION], [TRUNK, TRANSACTION]),
      remote(`error: cannot lock ref '${LOG}': reference already exists`),
    ],
    ['a newer git', rejected([LOG, '[remote rejected] (incorrect old value provided)']), ''],
  ])('%s', (_, stdout, stderr) => {
    expect(read(stdout, stderr)).toEqual({ verdict: 'lost' })
  })
})

describe('a refusal is none, whatever word is in it', () => {
  it('names the ref of a task with `lock` in its name', () => {
    const said = remote(
      `error: GH013: Repository rule violations found for ${LOCK}.`,
      '',
      '- Cannot create ref due to creations being restricted.',
      `error: hook declined to update ${LOCK}`,
    )
    expect(
      read(rejected([LOCK, '[remote rejected] (hook declined)'], [LOG, ATOMIC], [TRUNK, ATOMIC]), said),
    ).toMatchObject({
      verdict: 'refused',
      refs: [
        {
          ref: LOCK,
          words: `error: GH013: Repository rule violations found for ${LOCK}.\n- Cannot create ref due to creations being restricted.`,
        },
      ],
    })
  })

  it('names the guilty ones where a hook declines the whole push and says which it means', () => {
    const said = remote(
      `error: GH013: Repository rule violations found for ${TRUNK}.`,
      '- Changes must be made through a pull request.',
      `error: GH013: Repository rule violations found for ${LOCK}.`,
      '- Commits must have verified signatures.',
    )
    expect(read(rejected([LOG, WHOLE], [TRUNK, WHOLE], [LOCK, WHOLE]), said)).toMatchObject({
      refs: [
        { ref: TRUNK, words: expect.stringMatching(/pull request\.$/) },
        { ref: LOCK, words: expect.stringMatching(/signatures\.$/) },
      ],
    })
  })

  it('names none where the hook does not', () => {
    const said = remote('error: GH008: Your push referenced at least 1 unknown Git LFS object:')
    expect(read(rejected([LOG, WHOLE], [TRUNK, WHOLE]), said)).toEqual({
      verdict: 'refused',
      refs: [],
      words: 'error: GH008: Your push referenced at least 1 unknown Git LFS object:',
    })
  })

  it('names what is kept out by a branch in the place of its folder', () => {
    const line = `cannot lock ref '${TRUNK}': 'refs/heads/tributary' exists; cannot create '${TRUNK}'`
    const report = { verdict: 'refused', refs: [{ ref: TRUNK, words: line }] }
    expect(read(rejected([TRUNK, TRANSACTION], [LOG, TRANSACTION]), remote(`error: ${line}`))).toMatchObject(report)
    expect(read(rejected([TRUNK, `[remote rejected] (${line})`]))).toMatchObject(report)
  })

  it('is every ref that was pushed if the token may not push at all', () => {
    const said = "fatal: unable to access 'https://github.com/o/r.git/': The requested URL returned error: 403"
    expect(read('', said)).toMatchObject({
      verdict: 'refused',
      refs: [LOG, TRUNK, LOCK].map((ref) => ({ ref, words: said })),
    })
  })

  it('holds for an object that the remote does not take', () => {
    const said = remote(
      `error: object ${'3'.repeat(40)}: hasDotgit: contains '.git'`,
      'fatal: fsck error in packed object',
    )
    expect(
      read(rejected([LOG, '[remote rejected] (unpacker error)'], [TRUNK, '[remote rejected] (unpacker error)']), said),
    ).toMatchObject({ verdict: 'refused', refs: [] })
  })
})

describe('a remote that broke down', () => {
  it.each([
    '[remote rejected] (Internal Server Error)',
    '[remote failure] (remote failed to report status)',
    '[remote rejected] (unpacker error)',
  ])('%s has answered nothing', (why) => {
    expect(read(rejected([LOG, why]))).toEqual({ verdict: 'unknown' })
  })
  it('without any report, too', () => expect(read('', 'fatal: early EOF')).toEqual({ verdict: 'unknown' }))
})
