import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../src/core/command.ts'
import { ALWAYS_PROTECTED } from '../src/core/settings.ts'
import { blockUnder, tableUnder } from './support/readme.ts'

const root = join(import.meta.dirname, '..')
const text = (path: string) => readFileSync(join(root, path), 'utf8')
const README = text('README.md')

/** Pages that speak of this repository; others show plans of yours. */
const OURS = ['CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md']
/** What they name of a repository that Tributary works in. */
const YOURS = ['.github/tributary.yml', '.github/workflows', '.github/actions']

/** Every page that people read, wherever it lies. */
const pages = ['.', 'docs', '.github', 'examples'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: folder !== '.', encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
)

const workflows = readdirSync(join(root, '.github', 'workflows')).map((name) => join('.github', 'workflows', name))

const named = (pattern: RegExp, of: readonly string[] = [...pages, ...workflows]) =>
  of.flatMap((page) => [...text(page).matchAll(pattern)].map(([, name = '']) => ({ page, name })))

function leads(page: string, target: string): boolean {
  const [path = '', heading] = target.split('#')
  const file = path === '' ? page : join(dirname(page), path)
  if (!existsSync(join(root, file))) return false
  return heading === undefined || slugsOf(text(file)).includes(heading)
}

/** As GitHub makes them. */
const slugsOf = (markdown: string): string[] =>
  [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

describe('the README', () => {
  it('has the workflow to paste word for word', () => {
    expect(blockUnder(README, '## Install in five minutes', 'yaml')).toBe(text('examples/tributary.yml'))
  })

  it('lists every command as it is typed, with what it does', () => {
    const wanted = Object.values(COMMANDS).map(({ usage, help }) => [`\`${usage}\``, help])
    expect(tableUnder(README, '## Commands')).toEqual(wanted)
    expect(wanted.length).toBeGreaterThan(15)
  })
})

describe('the documents', () => {
  it('link to files that are there, and to headings that they have', () => {
    const links = pages.flatMap((page) =>
      [...text(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, target = '']) => ({ page, target })),
    )
    expect(links.length).toBeGreaterThan(20)
    expect(links.filter(({ page, target }) => !leads(page, target))).toEqual([])
  })

  it('name commands that are there', () => {
    const { scripts } = JSON.parse(text('package.json'))
    const npm = named(/npm (?:run )?((?<=run )[\w:]+|test\b)/g)
    expect(npm.length).toBeGreaterThan(20)
    expect(npm.filter(({ name }) => !(name in scripts))).toEqual([])
    const node = named(/node ((?:scripts|dist)\/[\w/.-]+\.m?js)/g)
    expect(node.length).toBeGreaterThan(5)
    expect(node.filter(({ name }) => !existsSync(join(root, name)))).toEqual([])
  })

  it('name files and folders of this repository that are there', () => {
    const paths = named(/`((?:src|__tests__|bench|scripts|docs|examples|\.github|\.ci)\/[\w./-]*)`/g, OURS)
    const own = paths.filter(({ name }) => !YOURS.includes(name) && !/[A-Z]{4}/.test(name))
    expect(own.length).toBeGreaterThan(30)
    expect(own.filter(({ name }) => !existsSync(join(root, name)))).toEqual([])
  })

  it('name every path that no task may touch', () => {
    const words = ALWAYS_PROTECTED.map((glob) => glob.replaceAll(/^\*\*\/|\/\*\*$/g, ''))
    expect(words.length).toBeGreaterThan(4)
    expect(words.filter((path) => !text('SECURITY.md').includes(`\`${path}\``))).toEqual([])
  })
})
