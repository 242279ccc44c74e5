import { describe, expect, it } from 'vitest'
import { taskIdSchema } from '../../../src/core/ids.ts'
import {
  isCallName,
  locatedPull,
  type ProjectionName,
  parseProjectionName,
  projectedAs,
  projectionName,
} from '../../../src/core/run/projection-name.ts'
import { emptyRun } from '../../../src/core/run/state.ts'
import { cases, printedSeed, randomOf } from '../../support/random.ts'
import { AT, afterwards, running, shaOf } from '../../support/run.ts'

const SHA = '0123456789abcdef0123456789abcdef01234567'

describe('the name of a projection', () => {
  it.each<[string, ProjectionName]>([
    ['comment:planning', { kind: 'comment', comment: 'planning' }],
    ['comment:questions', { kind: 'comment', comment: 'questions' }],
    ['comment:refused', { kind: 'comment', comment: 'refused' }],
    ['comment:plan', { kind: 'comment', comment: 'plan' }],
    ['comment:proposed', { kind: 'comment', comment: 'proposed' }],
    ['comment:status', { kind: 'comment', comment: 'status' }],
    ['comment:call-01ab23cd45', { kind: 'comment', comment: 'call-01ab23cd45' }],
    ['pull:t3', { kind: 'pull', of: 't3' }],
    ['pull:trunk', { kind: 'pull', of: 'trunk' }],
    ['ready:t3', { kind: 'ready', of: 't3' }],
    ['close:trunk', { kind: 'close', of: 'trunk' }],
    ['reviewers:t3', { kind: 'reviewers', of: 't3' }],
    [`check:t3@${SHA}`, { kind: 'check', of: 't3', sha: SHA }],
    [`check:run@${SHA}`, { kind: 'check', of: 'run', sha: SHA }],
    ['resolve:PRRT_kwDO:a/b==', { kind: 'resolve', thread: 'PRRT_kwDO:a/b==' }],
    ['page:run', { kind: 'page' }],
  ])('%s is read as it is written', (text, name) => {
    expect(projectionName(name)).toBe(text)
    expect(parseProjectionName(text)).toEqual(name)
  })

  it.each([
    '',
    'pull',
    'pull:',
    ':t3',
    'pull:T3',
    'pull:a/b',
    'pull:t3@1',
    'push:t3',
    'constructor:t3',
    'comment:',
    'comment:diary',
    'comment:constructor',
    'comment:call-',
    'comment:call-xyz',
    `check:${SHA}`,
    'check:t3',
    'check:t3@',
    'check:t3@01234567',
    `check:t3@${SHA}@${SHA}`,
    `check:@${SHA}`,
    `check:a/b@${SHA}`,
    'resolve:',
    'page:t3',
    ' pull:t3',
  ])('%j is none', (text) => {
    expect(parseProjectionName(text)).toBeNull()
  })

  it('is another one for each kind and each task, and is read back, for any id of a task', () => {
    const ids = [...new Set(['constructor', 'run', 'trunk', 'call', 'page', 'check', ...randomIds(cases(200))])]
    const names = ids.flatMap(namesOf)
    for (const name of names) expect(parseProjectionName(projectionName(name))).toEqual(name)
    expect(new Set(names.map(projectionName)).size).toBe(names.length)
  })

  it('tells a call from the other comments', () => {
    expect(isCallName('call-01ab23cd45')).toBe(true)
    expect(isCallName('status')).toBe(false)
  })
})

const namesOf = (of: string): ProjectionName[] => [
  { kind: 'pull', of },
  { kind: 'ready', of },
  { kind: 'close', of },
  { kind: 'reviewers', of },
  { kind: 'check', of, sha: shaOf(of) },
  { kind: 'check', of, sha: shaOf(`${of} again`) },
]

function randomIds(count: number): string[] {
  const random = randomOf(printedSeed())
  const part = () => Array.from({ length: 1 + random(4) }, () => 'abcdefghijklmnopqrstuvwxyz0189'[random(30)]).join('')
  const ids = Array.from({ length: count }, () => `t${part()}${random(2) === 0 ? '' : `-${part()}`}`)
  for (const id of ids) expect(taskIdSchema.safeParse(id).success).toBe(true)
  return ids
}

describe('what the journal holds of a projection', () => {
  const entry = (name: string, number: number) => ({ name, number, node: `node ${number}`, digest: 'd' })
  const entries = [entry('pull:trunk', 50), entry('pull:constructor', 51), entry(`check:a@${SHA}`, 9)]
  const run = afterwards(running('a > b'), { type: 'projected', at: AT, by: 'tributary', entries })

  it('is found by its name', () => {
    expect(locatedPull(run, 'trunk')).toMatchObject({ number: 50, node: 'node 50' })
    expect(locatedPull(run, 'constructor')).toMatchObject({ number: 51 })
    expect(projectedAs(run, { kind: 'check', of: 'a', sha: SHA })).toMatchObject({ number: 9 })
  })

  it('is nothing before it was shown', () => {
    expect(locatedPull(run, 'a')).toBeUndefined()
    expect(projectedAs(run, { kind: 'check', of: 'run', sha: SHA })).toBeUndefined()
    expect(locatedPull(emptyRun, 'trunk')).toBeUndefined()
  })
})
