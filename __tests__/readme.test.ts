import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { init } from '../src/cli/init.ts'
import { COMMANDS } from '../src/core/command.ts'
import { tableUnder } from './support/readme.ts'

const root = join(import.meta.dirname, '..')
const text = (path: string) => readFileSync(join(root, path), 'utf8')
const README = text('README.md')

describe('the README', () => {
  it('says how init is typed, as init says it itself', () => {
    const help = init.help.join('\n')
    const options = [
      ...README.slice(README.indexOf('## Install'), README.indexOf('## Commands')).matchAll(/`(--[a-z]+)/g),
    ]
    const named = options.map(([, option = '']) => option).filter((option) => option !== '--json')
    expect(named).toEqual(expect.arrayContaining(['--uses', '--settings']))
    expect(named.filter((option) => !help.includes(option))).toEqual([])
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

describe('every file of this repository', () => {
  it("names no address that is a stranger's, who would be handed a write token and the key", async () => {
    const files = execFileSync(
      'git',
      ['ls-files', '-z', '--', ':(exclude)dist', ':(exclude)package-lock.json', ':(exclude)__tests__/readme.test.ts'],
      { cwd: root, encoding: 'utf8' },
    )
      .split('\0')
      .filter((path) => path !== '' && existsSync(join(root, path)))
    expect(files.length).toBeGreaterThan(500)
    const named = files.filter((path) => /tributary\/tributary@|\bnpx tributary\b/.test(text(path)))
    expect(named).toEqual([])
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
