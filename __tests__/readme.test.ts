import { existsSync, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../src/core/command.ts'
import { defaultSettings } from '../src/core/settings.ts'
import { renderHelp } from '../src/render/help.ts'
import { blockUnder, tableUnder } from './support/readme.ts'

const root = join(import.meta.dirname, '..')
const text = (path: string) => readFileSync(join(root, path), 'utf8')
const README = text('README.md')

describe('the README', () => {
  it('has the workflow to paste word for word', () => {
    expect(blockUnder(README, '## Install in five minutes', 'yaml')).toBe(text('examples/tributary.yml'))
  })

  it('lists every command as it is typed, with what it does, and whether it does it yet', () => {
    const later = renderHelp(defaultSettings)
      .split('\n')
      .find((line) => line.startsWith('Not yet: '))
      ?.split(', and the options')[0]
    const isLater = (name: string) => later?.includes(`\`/${name.replace('-', ' ')}\``)
    const wanted = Object.entries(COMMANDS).map(([name, { usage, help }]) => [
      `\`${usage}\``,
      help,
      isLater(name) ? 'later' : 'now',
    ])
    expect(tableUnder(README, '## Commands')).toEqual(wanted)
    expect(wanted.filter(([, , when]) => when === 'later').length).toBeGreaterThan(0)
  })

  it('names commands of npm that are there', () => {
    const { scripts } = JSON.parse(text('package.json'))
    const named = [...README.matchAll(/npm (?:run )?(test|demo|build|all)\b/g)].map(([, name]) => name ?? '')
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
