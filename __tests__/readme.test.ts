import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { init } from '../src/cli/init.ts'
import { COMMANDS } from '../src/core/command/parse.ts'
import { ALWAYS_PROTECTED } from '../src/core/settings.ts'
import { typed } from './cli/terminal.ts'
import { tableUnder } from './support/readme.ts'

const root = join(import.meta.dirname, '..')
const text = (path: string) => readFileSync(join(root, path), 'utf8')
const INSTALL = text('docs/install.md')

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

describe('the pages about installing and commands', () => {
  it('say how init is typed, as init says it itself', () => {
    const help = init.help.join('\n')
    const options = [...INSTALL.slice(0, INSTALL.indexOf('## The sandbox')).matchAll(/`(--[a-z]+)/g)]
    const named = options.map(([, option = '']) => option).filter((option) => option !== '--json')
    expect(named).toEqual(expect.arrayContaining(['--uses', '--settings']))
    expect(named.filter((option) => !help.includes(option))).toEqual([])
  })

  it('list every subcommand with what it does, as `--help` does', async () => {
    const { out } = await typed(root, ['--help'])
    const wanted = [...out.matchAll(/^ {2}([a-z]+) +(.*)$/gm)].map(([, name, summary]) => [
      `\`tributary ${name}\``,
      summary,
    ])
    expect(wanted.length).toBeGreaterThan(7)
    expect(tableUnder(INSTALL, '## The command line')).toEqual(wanted)
  })

  it('list every command as it is typed, with what it does', () => {
    const wanted = Object.values(COMMANDS).map(({ usage, help }) => [`\`${usage}\``, help])
    expect(tableUnder(text('docs/commands.md'), '# Commands')).toEqual(wanted)
    expect(wanted.length).toBeGreaterThan(15)
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

describe('the README', () => {
  it('is short, and says near its top that nothing has run on github.com', () => {
    const words = text('README.md').match(/\S+/g) ?? []
    expect(words.length).toBeLessThan(900)
    expect(words.slice(0, 100).join(' ')).toContain('not yet run on github.com')
  })

  it('shows pictures of a run that are there, and small', () => {
    const pictures = [...text('README.md').matchAll(/(?:srcset|src)="([^"]+)"/g)].map(([, path = '']) => path)
    expect(pictures).toHaveLength(2)
    const bytes = pictures.reduce((sum, path) => sum + readFileSync(join(root, path)).length, 0)
    expect(bytes).toBeLessThan(250_000)
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
