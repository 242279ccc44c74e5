import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FOLDS } from '../../../src/core/run/folds.ts'
import { nightly } from '../../support/nightly.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const PARTS = ['run', 'planning', 'ledger', 'setbacks', 'work', 'task']

/** A copy of the core, to be changed and compiled. */
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-folds-'))
  cpSync(join(ROOT, 'src', 'core'), join(folder, 'core'), { recursive: true })
  cpSync(join(ROOT, 'tsconfig.json'), join(folder, 'tsconfig.json'))
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const own = { extends: './tsconfig.json', compilerOptions: { incremental: false }, include: ['core/run/evolve.ts'] }
  writeFileSync(join(folder, 'tsconfig.core.json'), JSON.stringify(own))
})
afterEach(() => rmSync(folder, { recursive: true }))

function edit(file: string, from: string, to: string): void {
  const path = join(folder, 'core', 'run', file)
  const text = readFileSync(path, 'utf8')
  expect(text).toContain(from)
  writeFileSync(path, text.replace(from, to))
}

/** The files that do not compile. */
function faulty(): string[] {
  const tsc = join(ROOT, 'node_modules', 'typescript-7', 'bin', 'tsc')
  const { stdout } = spawnSync(process.execPath, [tsc, '--project', 'tsconfig.core.json'], {
    cwd: folder,
    encoding: 'utf8',
  })
  const files = [...stdout.matchAll(/^core\/run\/([a-z-]+\.ts)\(.*error TS/gm)].map(([, file]) => file ?? '')
  return [...new Set(files)].toSorted()
}

describe('a new event', () => {
  it('does not compile until it says what it changes, and then until each fold of that takes it', nightly, () => {
    edit('event.ts', "event('run_resumed', {}),", "event('run_resumed', {}), event('run_blessed', {}),")
    expect(faulty()).toContain('folds.ts')
    edit('folds.ts', "run_resumed: ['run'],", `run_resumed: ['run'], run_blessed: ${JSON.stringify(PARTS)},`)
    const folds = [
      'evolve-ledger.ts',
      'evolve-planning.ts',
      'evolve-task.ts',
      'evolve-work.ts',
      'evolve.ts',
      'stage-failures.ts',
    ]
    expect(faulty()).toEqual(folds)
  })

  it('knows of all parts', () => {
    expect([...new Set(Object.values(FOLDS).flat())].toSorted()).toEqual(PARTS.toSorted())
  })
})
