import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { commitFiles, git, removeFolder, writeFiles } from '../hub/support/repository.ts'
import { onDisk } from '../support/on-disk.ts'
import { PACE } from '../support/pace.ts'
import { blocksOf, commandsIn, fencesOf, inlineCommandsIn } from '../support/readme.ts'
import { needsSandbox } from '../support/sandbox.ts'

const root = join(import.meta.dirname, '..', '..')
const text = (path: string) => readFileSync(join(root, path), 'utf8')
/** The page of reason codes is made from samples; each of its messages has a test of its own. */
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && name !== 'refusals.md')
    .map((name) => join('docs', name)),
]

type Place =
  /** A new repository of the reader, with nothing in it. */
  | 'fresh'
  /** The repository of the reader, in which a run is made and looked at. */
  | 'work'
  /** The reader's clone of the fork. */
  | 'fork'

interface Play {
  command: string
  in: Place
  /** What it prints. */
  shows: RegExp
  /** Its exit code, if it is not 0. */
  code?: number
  /** It goes on until Ctrl-C. */
  interrupted?: true
  /** It serves the commands behind it, which get this from what it printed. */
  serves?(said: string): void
}

const WROTE = /^Wrote \.github\/workflows\/tributary\.yml\.$/m
const CURL = 'curl -H "authorization: Bearer $WRITER" $API/repos/OWNER/NAME/issues'

/** Played in this order: later commands look at what earlier ones made. */
const PLAYED: readonly Play[] = [
  { in: 'fresh', command: 'npx github:OWNER/REPO init', shows: WROTE },
  { in: 'fresh', command: 'node ../REPO/dist/cli.js init', shows: WROTE },
  { in: 'fresh', command: 'npx ../REPO/tributary-0.1.0.tgz init --uses OWNER/REPO@REF', shows: WROTE },
  {
    in: 'work',
    command: 'npx github:OWNER/REPO run --plan plan.yml --yes',
    shows: /`git merge tributary\/1` merges it\.$/,
  },
  {
    in: 'work',
    command: 'npx github:OWNER/REPO up',
    shows: /^Ctrl-C ends it/m,
    interrupted: true,
    serves: () => cloneFromUp(),
  },
  {
    in: 'work',
    command: "git ls-remote origin 'refs/tributary/*'",
    shows: /^[0-9a-f]{40}\trefs\/tributary\/1\/log$/m,
  },
  {
    in: 'work',
    command: "git fetch origin 'refs/tributary/42/*:refs/tributary/42/*'",
    shows: /-> refs\/tributary\/1\/log$/m,
  },
  { in: 'work', command: 'git log refs/tributary/42/log', shows: /plan_approved/ },
  { in: 'work', command: 'git show refs/tributary/42/log:state.json', shows: /"phase": ?"ended"/ },
  { in: 'work', command: 'git fetch origin', shows: /-> origin\/tributary\/1\/trunk$/m },
  {
    in: 'work',
    command: 'git log --first-parent origin/tributary/42/trunk',
    shows: /^ *Tributary-Task: guide$/m,
  },
  { in: 'fresh', command: 'npx github:OWNER/REPO init --settings', shows: /^Wrote \.github\/tributary\.yml\.$/m },
  { in: 'fresh', command: 'node -e 0', shows: /^$/ },
  { in: 'work', command: 'tributary check issue.md', shows: /issue\.md/ },
  { in: 'work', command: 'tributary check plan.yml', shows: /plan\.yml/ },
  { in: 'work', command: 'tributary simulate issue.md', shows: /slots/ },
  { in: 'work', command: 'tributary simulate plan.yml', shows: /slots/ },
  { in: 'work', command: 'tributary simulate 42', shows: /slots/ },
  { in: 'work', command: 'tributary log 42', shows: /guide/ },
  { in: 'work', command: 'tributary log 1', shows: /guide/ },
  { in: 'work', command: 'tributary log 42 --html run.html', shows: /^run\.html shows run 1;/ },
  { in: 'work', command: 'node dist/cli.js log 42 --html run.html', shows: /^run\.html shows run 1;/ },
  {
    in: 'work',
    command: 'GITHUB_TOKEN="$(gh auth token)" npx github:OWNER/REPO doctor',
    shows: /^MISSING +no \.github\/workflows\/tributary\.yml on main$/m,
    code: 1,
  },
  {
    in: 'work',
    command: 'npx github:OWNER/REPO hub --repo .',
    shows: /Press Ctrl-C to stop/,
    interrupted: true,
    serves: copyAddresses,
  },
  { in: 'work', command: `${CURL} -d '{"title": "Log as JSON", "body": "..."}'`, shows: /"number": ?1\b/ },
  { in: 'work', command: `${CURL}/1/comments -d '{"body": "/plan"}'`, shows: /"body": ?"\/plan"/ },
  { in: 'fork', command: 'npm run demo', shows: /^A small shop as a git repository/m, code: 130, interrupted: true },
  {
    in: 'fork',
    command: 'npm pkg set repository=github:OWNER/NAME homepage=https://github.com/OWNER/NAME#readme',
    shows: /^$/,
  },
  { in: 'fork', command: 'npm version 1.2.3 --no-git-tag-version', shows: /^v1\.2\.3$/ },
]

const ANOTHER = 'played here in its other form'
const TESTS = 'runs tests, this one among them'
const WRITES = 'writes files of this repository, which a test compares with what is there:'
const MEASURES = 'measures for minutes or more; __tests__/bench tests its parts'
const LOOKS = 'looks at the whole repository, as CI does on each change'

/** Not started here, and why. */
const LEFT: Record<string, string> = {
  'npm ci': 'takes packages from the npm registry; CI begins with it',
  'npm install': 'named as what tasks may run; __tests__/adapters/sandbox/layers.test.ts does so',
  'npm test': TESTS,
  'npm run test:quick': TESTS,
  'npm run test:unit': TESTS,
  'npm run test:integration': TESTS,
  'npm run test:e2e': TESTS,
  'npm run test:nightly': TESTS,
  'npx vitest run --project chaos __tests__/chaos/storm.test.ts': TESTS,
  'npm run mutate': TESTS,
  "npm run mutate -- --mutate 'src/core/money/**'": TESTS,
  'npm test --': 'no command, but the beginning of those that an agent may run',
  'npm run dead': LOOKS,
  'npm run rules': LOOKS,
  'npm run bundle': `${WRITES} __tests__/scripts/dist.test.ts`,
  'npm run schema': `${WRITES} __tests__/scripts/json-schemas.test.ts`,
  'npm run refusals': `${WRITES} __tests__/scripts/refusals.test.ts`,
  'npm run screens': 'needs Chromium',
  'npm run screens -- --docs':
    'needs Chromium; __tests__/scripts/screens.test.ts compares the words with what is there',
  'npm run picture -- pages': 'needs Chromium, and runs the demo with agents to its end',
  'npm run measure': MEASURES,
  'npm run bench -- B1 --quick': MEASURES,
  'npm run bench -- B3': MEASURES,
  'npm run bench -- B3 --quick': MEASURES,
  'npm run picture -- figures': 'needs Chromium, and measures',
  'npm run test:e2e -- __tests__/e2e/pages.test.ts': TESTS,
  'npm run bench -- B8 --quick': MEASURES,
  'npm run bench -- B9': MEASURES,
  'npm run bench -- B10': MEASURES,
  'npm run demo -- --open': 'opens a browser; `npm run demo` is played here',
  'npm run demo -- --agents': 'made in __tests__/e2e/demo.test.ts',
  'npm run demo -- --agents --open': 'opens a browser',
  'npm run demo -- --live': 'needs a key of a model',
  'node dist/cli.js hub --repo DIR': ANOTHER,
  'node scripts/release-notes.mjs v1.2.3': 'played in __tests__/scripts/changelog.test.ts',
  'npx github:OWNER/REPO run "log as JSON, one line for each request" --budget 5usd':
    'needs a model, and a person at the terminal who approves',
  'npm run bench': 'measures for an hour or more',
  'npm run bench -- B1 --plot': 'measures for minutes',
  'npm run bench -- B1 B2 --quick': 'measures for minutes; __tests__/bench tests its parts',
  'npm run bench -- --docs': 'measures for an hour or more, and writes the page',
  'npm run bundle && npm run test:e2e -- __tests__/e2e/agents-figures.test.ts':
    'a test of its own, on a bundle that this test must not rewrite',
}

const folder = mkdtempSync(join(onDisk(), 'tributary-documented-'))
const fork = join(folder, 'REPO')
const cli = join(fork, 'dist', 'cli.js')
const work = join(folder, 'work')
const bin = join(folder, 'bin')
/** No key of a model, and no network: npm works with what lies here. */
const env: Record<string, string> = {
  PATH: `${bin}:${process.env.PATH}`,
  HOME: join(folder, 'home'),
  TMPDIR: folder,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_PAGER: 'cat',
  npm_config_offline: 'true',
  npm_config_yes: 'true',
}
const running = new Map<string, ChildProcess>()

const planOn = (page: string) => blocksOf(text(page), 'tributary')[0] ?? ''

beforeAll(() => {
  // What npm would take from the fork's address lies in the folder REPO: the package, in a checkout of its own.
  mkdirSync(fork)
  for (const name of ['action.yml', 'package.json', 'dist', 'examples', 'docs'])
    cpSync(join(root, name), join(fork, name), { recursive: true })
  git(fork, 'init', '-q', '-b', 'main')
  git(fork, 'add', '-A')
  git(fork, 'commit', '-q', '-m', 'Fork')
  git(fork, 'remote', 'add', 'origin', 'https://github.com/octo/tributary.git')
  git(fork, 'update-ref', 'refs/remotes/origin/main', 'HEAD')
  execFileSync('npm', ['pack', '--ignore-scripts'], { cwd: fork, env, stdio: 'pipe' })
  mkdirSync(work)
  git(work, 'init', '-q', '-b', 'main')
  commitFiles(work, { 'README.md': '# Demo\n', 'package.json': '{ "scripts": { "test": "node --test" } }\n' })
  writeFiles(work, {
    'plan.yml': planOn('docs/on-your-machine.md'),
    'issue.md': `One logger.\n\n\`\`\`tributary\n${planOn('docs/plan-by-hand.md')}\`\`\`\n`,
  })
  writeFiles(bin, { tributary: `#!/bin/sh\nexec node ${cli} "$@"\n` })
  chmodSync(join(bin, 'tributary'), 0o755)
})

afterAll(async () => {
  for (const child of running.values()) if (child.exitCode === null && child.signalCode === null) await interrupt(child)
  removeFolder(folder)
})

/** The hub of `up` becomes the repository on a server, which the token that `gh` gives can read. */
function cloneFromUp(): void {
  const shown = execFileSync(process.execPath, [cli, 'up', '--json'], { cwd: work, env, encoding: 'utf8' })
  const { git: url, api, token } = z.object({ git: z.url(), api: z.url(), token: z.string() }).parse(JSON.parse(shown))
  const remote = url.replace('://', `://token:${token}@`)
  execFileSync('git', ['remote', 'add', 'origin', remote], { cwd: work, env })
  writeFiles(bin, { gh: `#!/bin/sh\necho ${token}\n` })
  chmodSync(join(bin, 'gh'), 0o755)
  env.GITHUB_API_URL = api
}

function copyAddresses(said: string): void {
  env.API = /^ *REST +(\S+)$/m.exec(said)?.[1] ?? ''
  env.WRITER = /^ *writer +(\S+)$/m.exec(said)?.[1] ?? ''
}

/** The names of the reader's repositories and run stand where the documents have theirs. */
const asTyped = (command: string): string =>
  command
    .replaceAll('npx github:OWNER/REPO', 'node ../REPO/dist/cli.js')
    .replace(/^node dist\//, 'node ../REPO/dist/')
    .replaceAll('OWNER/REPO@REF', `octo/tributary@${'0123456789'.repeat(4)}`)
    .replaceAll('OWNER/NAME', command.startsWith('curl') ? 'local/work' : 'octo/tributary')
    .replaceAll(/\b42\b/g, '1')

const folders: Record<Place, () => string> = { fork: () => fork, work: () => work, fresh: freshRepository }

function start({ command, in: place, interrupted }: Play) {
  // A shell between would get the Ctrl-C, too.
  const line = interrupted === undefined ? asTyped(command) : `exec ${asTyped(command)}`
  const child = spawn('sh', ['-c', line], {
    cwd: folders[place](),
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.set(command, child)
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8')
    })
  return { child, said: () => said.trimEnd() }
}

function freshRepository(): string {
  const path = mkdtempSync(join(folder, 'fresh-'))
  git(path, 'init', '-q', '-b', 'main')
  return path
}

/** The exit code, as a shell has it. */
const ended = (child: ChildProcess): Promise<number> =>
  new Promise((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
  })

/** Ctrl-C reaches the whole group, as in a terminal. */
function interrupt(child: ChildProcess): Promise<number> {
  const end = ended(child)
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT')
  return end
}

describe('the commands in the documents, in blocks and in the text', () => {
  const found = pages.flatMap((page) => [...commandsIn(text(page)), ...inlineCommandsIn(text(page))])

  it('are all run here, or named here with the reason why they are not', () => {
    const known = new Set([...PLAYED.map(({ command }) => command), ...Object.keys(LEFT)])
    expect(found.filter((command) => !known.has(command))).toEqual([])
    expect([...known].filter((command) => !found.includes(command))).toEqual([])
  })

  it('name scripts of npm that there are', () => {
    const { scripts } = z.object({ scripts: z.record(z.string(), z.string()) }).parse(JSON.parse(text('package.json')))
    const named = found.flatMap((command) => [...command.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name ?? ''))
    expect(named.length).toBeGreaterThan(10)
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })

  it('stand in blocks of the language `sh`, and each block has a language', () => {
    const fences = pages.flatMap((page) => fencesOf(text(page)).map((fence) => ({ page, ...fence })))
    const hidden = fences.filter(
      ({ language, block }) =>
        language === '' || (language !== 'sh' && /^(?:\S+=\S+ )?(?:npx|npm|node|git|tributary|curl|gh) /m.test(block)),
    )
    expect(hidden).toEqual([])
  })

  describe('when they are typed', { ...needsSandbox, timeout: 180_000 * PACE }, () => {
    it.each(PLAYED.map((play) => [play.command, play] as const))('%s', async (_, play) => {
      const { child, said } = start(play)
      if (play.interrupted) await expect.poll(said, { timeout: 60_000 * PACE }).toMatch(play.shows)
      if (play.serves !== undefined) return play.serves(said())
      expect(await (play.interrupted ? interrupt(child) : ended(child)), said()).toBe(play.code ?? 0)
      expect(said()).toMatch(play.shows)
    })

    it('those that serve others end with Ctrl-C, too', async () => {
      const serving = PLAYED.filter(({ serves }) => serves !== undefined)
      expect(serving).toHaveLength(2)
      for (const { command } of serving) {
        const child = running.get(command)
        expect(child !== undefined && (await interrupt(child)), command).toBe(0)
      }
    })
  })
})
