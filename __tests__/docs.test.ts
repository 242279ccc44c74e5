import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { planJsonSchema, settingsJsonSchema } from '../scripts/json-schemas.ts'
import { FAILURES, PAUSES, PROBLEMS, SAID, STOPS, TASK_FAILURES, WITHOUT } from '../scripts/refusal-rows.ts'
import { readSettings } from '../src/config/settings.ts'
import { COMMANDS, parseCommand } from '../src/core/command/parse.ts'
import { typed } from './cli/terminal.ts'
import { blocksOf, tableUnder } from './support/readme.ts'

const root = join(import.meta.dirname, '..')
const text = (path: string) => readFileSync(join(root, path), 'utf8')
const docs = readdirSync(join(root, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => join('docs', name))
const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...docs]

/** Words in backticks, and the lines of code blocks. */
const codeIn = (page: string): string[] => {
  const outside = text(page).replace(/^```[\s\S]*?^```$/gm, '')
  const blocks = [...text(page).matchAll(/^```\w*\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) => block.split('\n'))
  return [...blocks, ...[...outside.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)]
}

const OURS =
  /(?:^|[\s$"'(])(?:tributary|node \S*dist\/cli\.js|npx (?:github:OWNER\/REPO|\S+\.tgz)|npm run demo --) ((?:--)?[a-z][^#|]*)/

/** `check issue.md --json`: what stands behind a way to start our command line. */
const typedIn = (page: string): string[] =>
  codeIn(page).flatMap((line) => {
    const [whole = '', words] = OURS.exec(line.replaceAll('`', '')) ?? []
    if (words === undefined) return []
    return [(whole.includes('npm run demo') ? `demo ${words}` : words).trim()]
  })

describe('the command lines in the documents', () => {
  const lines = pages.flatMap((page) => typedIn(page).map((line) => ({ page, line })))

  it('are found', () => {
    const subcommands = new Set(lines.map(({ line }) => line.split(' ')[0]))
    expect([...subcommands]).toEqual(
      expect.arrayContaining(['init', 'doctor', 'check', 'simulate', 'log', 'hub', 'demo']),
    )
  })

  it('have a subcommand and options that the command line takes', async () => {
    const unknown = await Promise.all(
      lines.map(async ({ page, line }) => {
        const [word = '', ...rest] = line.split(/\s+/)
        const { code, out } = await typed(root, [word, '--help'])
        const options = rest.flatMap((one) => /^\[?(--[a-z-]+)/.exec(one)?.[1] ?? [])
        const wrong = options.filter((option) => !new RegExp(`${option}\\b`).test(out))
        return code === 0 && wrong.length === 0 ? [] : [`${page}: ${line}`]
      }),
    )
    expect(unknown.flat()).toEqual([])
  })
})

/** Words that begin with a slash and are folders of a machine. */
const FOLDERS = /^\/(?:usr|etc|opt|nix|tmp|home|var|dev|_hub)\b/

describe('the commands in the documents', () => {
  /** The messages on the page of reasons are samples, mistyped commands among them. */
  const written = pages.filter((page) => page !== 'docs/refusals.md')
  const usages = new Set(Object.values(COMMANDS).map(({ usage }) => usage))
  const named = written.flatMap((page) =>
    codeIn(page)
      .map((code) => code.replaceAll('\\|', '|').replace(/\s{2,}.*$/, ''))
      .filter((code) => /^\/[a-z]+(?: |$)/.test(code) && !FOLDERS.test(code) && !usages.has(code))
      .map((code) => ({ page, code })),
  )

  it('are those of the grammar, typed as it takes them', () => {
    expect(named.length).toBeGreaterThan(60)
    const wrong = named.filter(({ code }) => {
      const read = parseCommand(code.replace(/<id>$/, 'abcdef012345'))
      if (read === null) return true
      // A command, or an option of it, may be named without what has to follow it.
      if (read.ok) return false
      const isNameOnly = /^\/\S+(?: --[a-z-]+)?$/.test(code)
      const { failure } = read
      return !isNameOnly || failure.reason !== 'bad-arguments' || failure.detail.includes('not an option')
    })
    expect(wrong).toEqual([])
  })
})

/** A JSON schema, as far as the names of fields need it. */
interface Schema {
  properties?: Record<string, Schema>
  items?: Schema
}
const schemaOf = (schema: object): Schema => JSON.parse(JSON.stringify(schema))

describe('the settings in the documents', () => {
  it('are taken by the parser that reads them', () => {
    const blocks = docs.flatMap((page) => blocksOf(text(page), 'yaml').map((block) => ({ page, block })))
    expect(blocks.length).toBeGreaterThan(8)
    const wrong = blocks.flatMap(({ page, block }) => {
      const read = readSettings(block)
      return read.ok ? [] : [{ page, block, problems: read.error }]
    })
    expect(wrong).toEqual([])
  })
})

describe('the names of settings in the text of the documents', () => {
  const { properties: keys = {} } = schemaOf(settingsJsonSchema())
  const written = pages.filter((page) => page !== 'docs/refusals.md').flatMap((page) => codeIn(page))

  it('are keys that the schema has', () => {
    const dotted = written.filter((code) => /^[a-z_]+\.(?!yml$|md$)[a-z_]+$/.test(code))
    const named = dotted.map((code) => code.split('.')).filter(([group = '']) => keys[group]?.properties !== undefined)
    expect(named.length).toBeGreaterThan(30)
    expect(named.filter(([group = '', key = '']) => keys[group]?.properties?.[key] === undefined)).toEqual([])
  })

  it('take the values that stand behind them', () => {
    const pairs = written.filter((code) => (/^([a-z_]+): \S/.exec(code)?.[1] ?? '') in keys)
    expect(pairs.length).toBeGreaterThan(20)
    expect(pairs.filter((pair) => !readSettings(pair).ok)).toEqual([])
  })
})

describe('the page about plans by hand', () => {
  const page = text('docs/plan-by-hand.md')
  const { properties: plan = {} } = schemaOf(planJsonSchema())
  const task = plan.tasks?.items?.properties ?? {}
  const rows = (heading: string) => tableUnder(page, heading).map(([field = '']) => field.replaceAll('`', ''))

  it('has a row only for what a plan and a task can have', () => {
    expect(rows('## The plan').filter((field) => !(field in plan))).toEqual([])
    expect(rows('## A task').filter((field) => !(field in task))).toEqual([])
  })

  it('names every field', () => {
    const fields = [...Object.keys(plan), ...Object.keys(task)]
    expect(fields.length).toBeGreaterThan(25)
    expect(fields.filter((field) => !page.includes(`\`${field}\``))).toEqual([])
  })
})

describe('the tables of options', () => {
  it.each([
    ['up', 'docs/on-your-machine.md', '# On your machine'],
    ['hub', 'docs/hub.md', '# The hub: GitHub on a laptop'],
  ])('of `%s` have those of its help, all of them', async (word, page, heading) => {
    const { out } = await typed(root, [word, '--help'])
    const offered = [...out.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, option]) => option)
    expect(offered.length).toBeGreaterThan(3)
    const named = tableUnder(text(page), heading).flatMap(([cell = '']) => cell.match(/--[a-z-]+/g) ?? [])
    expect(named.toSorted()).toEqual(offered.toSorted())
  })
})

describe('the map of the code', () => {
  const page = text('docs/how-it-works.md')

  it('names rooms and files that are there', () => {
    const paths = [...page.matchAll(/`(src\/[\w/.-]+)`/g)].map(([, path = '']) => path)
    expect(paths.length).toBeGreaterThan(60)
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  it('names functions that their files export', () => {
    const hops = [...page.matchAll(/\| `(\w+)` \| `(src\/[\w/.-]+\.ts)` \|/g)]
    expect(hops.length).toBeGreaterThan(30)
    const gone = hops.filter(
      ([, name, path = '']) => !new RegExp(`^export (?:async )?(?:function|const) ${name}\\b`, 'm').test(text(path)),
    )
    expect(gone.map(([hop]) => hop)).toEqual([])
  })
})

describe('the page about trouble', () => {
  const tables = { FAILURES, PROBLEMS, TASK_FAILURES, PAUSES, STOPS, SAID, WITHOUT }
  /** A problem without a row can no longer come up. */
  const codes = Object.values(tables).flatMap((rows) =>
    Object.entries(rows).flatMap(([code, row]) => (row === null ? [] : [code])),
  )
  const trouble = text('docs/troubleshooting.md')

  it('leads to the page that has every reason code', () => {
    expect(trouble).toContain('](refusals.md')
    const reasons = text('docs/refusals.md')
    expect(codes.length).toBeGreaterThan(90)
    expect(codes.filter((code) => !reasons.includes(`| \`${code}\` |`))).toEqual([])
  })

  it('names only reason codes that there are', () => {
    const named = [...trouble.matchAll(/\(`([a-z]+(?:-[a-z]+)*)`(?:, `([a-z-]+)`)*\)/g)].flatMap(([whole]) =>
      [...whole.matchAll(/`([a-z-]+)`/g)].map(([, code = '']) => code),
    )
    expect(named.length).toBeGreaterThan(20)
    expect(named.filter((code) => !codes.includes(code))).toEqual([])
  })
})
