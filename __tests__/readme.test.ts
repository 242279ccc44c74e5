import { existsSync, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../src/core/command.ts'
import { blockUnder, tableUnder } from './support/readme.ts'

const root = join(import.meta.dirname, '..')
const text = (path: string) => readFileSync(join(root, path), 'utf8')
const README = text('README.md')

describe('the README', () => {
  it('has the workflow to paste word for word', () => {
    expect(blockUnder(README, '## Install in five minutes', 'yaml')).toBe(text('examples/tributary.yml'))
  })

  it('lists every command as it is typed, with what it does', () => {
    const wanted = Object.values(COMMANDS).map(({ usage, help }) => [`\`${usage}\``, help])
    expect(tableUnder(README, '## Commands')).toEqual(wanted)
    expect(wanted.length).toBeGreaterThan(15)
  })

  it('names commands of npm that are there', () => {
    const { scripts } = JSON.parse(text('package.json'))
    const named = [...README.matchAll(/npm (?:run )?(test|demo|bundle|all)\b/g)].map(([, name]) => name ?? '')
    expect(named.length).toBeGreaterThan(1)
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })
})

describe('the documents', () => {
  it('link to files that are there', async () => {
    const pages = [
      'README.md',
      ...(await readdir(join(root, 'docs'), { recursive: true }))
        .filter((name) => name.endsWith('.md'))
        .map((name) => `docs/${name}`),
    ]
    expect(pages.length).toBeGreaterThan(5)
    const broken = pages.flatMap((page) =>
      [...text(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !existsSync(join(root, dirname(page), target)))
        .map((target) => `${page}: ${target}`),
    )
    expect(broken).toEqual([])
  })
})
