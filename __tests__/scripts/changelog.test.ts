import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { notesOf } from '../../scripts/changelog.mjs'
import { tempDir } from '../support/git.ts'

const ROOT = join(import.meta.dirname, '..', '..')

const CHANGELOG = `# Changelog

## Unreleased

## [1.2.0] - 2027-01-02

### Added

- One thing

## 1.1.0 - 2026-12-01

- Another
`

describe('the notes of a release', () => {
  it('are the section of its version', () => {
    expect(notesOf(CHANGELOG, { tag: 'v1.2.0', version: '1.2.0' })).toEqual({
      ok: true,
      notes: '### Added\n\n- One thing',
    })
    expect(notesOf(CHANGELOG, { tag: 'v1.1.0', version: '1.1.0' })).toEqual({ ok: true, notes: '- Another' })
  })

  it.each([
    ['v1.2.1', '1.2.0', 'the tag is v1.2.1, and package.json says 1.2.0'],
    ['v1.3.0', '1.3.0', 'CHANGELOG.md says nothing of 1.3.0'],
    ['v1.2', '1.2', 'CHANGELOG.md says nothing of 1.2'],
  ])('are refused for the tag %s of version %s', (tag, version, why) => {
    expect(notesOf(CHANGELOG, { tag, version })).toEqual({ ok: false, why })
  })

  it('are refused while something stands under Unreleased', () => {
    const changelog = CHANGELOG.replace('## Unreleased\n', '## Unreleased\n\n- Not yet\n')
    expect(notesOf(changelog, { tag: 'v1.2.0', version: '1.2.0' })).toEqual({
      ok: false,
      why: 'CHANGELOG.md still has lines under Unreleased: move them to 1.2.0',
    })
  })

  it('are printed, or refused with exit code 1', () => {
    const folder = tempDir()
    cpSync(join(ROOT, 'scripts'), join(folder, 'scripts'), { recursive: true })
    writeFileSync(join(folder, 'CHANGELOG.md'), CHANGELOG)
    writeFileSync(join(folder, 'package.json'), '{ "version": "1.2.0" }')
    const script = join(folder, 'scripts', 'release-notes.mjs')
    expect(execFileSync(process.execPath, [script, 'v1.2.0'], { encoding: 'utf8' })).toBe('### Added\n\n- One thing\n')
    const refused = spawnSync(process.execPath, [script, 'v9.9.9'], { encoding: 'utf8' })
    expect(refused).toMatchObject({
      status: 1,
      stdout: '',
      stderr: 'No release: the tag is v9.9.9, and package.json says 1.2.0\n',
    })
  })
})

it('the changelog has a section for the version of package.json, or something that is not released yet', () => {
  const changelog = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8')
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  expect(changelog).toMatch(/^## Unreleased$/m)
  expect(changelog).toContain(`## ${version} - `)
})
