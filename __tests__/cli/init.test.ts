import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { parseAddress } from '../../src/cli/address.ts'
import { PLACEHOLDER, workflowFor } from '../../src/cli/example-files.ts'
import { runCli } from '../../src/cli/run-cli.ts'
import { readSettings } from '../../src/config/settings.ts'
import { defaultSettings } from '../../src/core/settings.ts'
import { testHub } from '../hub/support/hub.ts'
import { remoteGit } from '../hub/support/repository.ts'
import { git, tempDir } from '../support/git.ts'
import { type Said, typed } from './terminal.ts'

const PATH = '.github/workflows/tributary.yml'
const SETTINGS = '.github/tributary.yml'
const COMMIT = '0123456789'.repeat(4)
const USES = ['--uses', `octo/tributary@${COMMIT}`]

let top: string
beforeEach(() => {
  top = tempDir()
  git(top, ['init', '--quiet', '--initial-branch=main'])
})
const written = (path = PATH) => readFileSync(join(top, path), 'utf8')

/** `init` typed by a person whose copy of Tributary is in another folder. */
async function typedFrom(home: string, words: string[]): Promise<Said> {
  const [out, error]: [string[], string[]] = [[], []]
  const code = await runCli(words, {
    cwd: top,
    env: { GITHUB_SERVER_URL: 'http://127.0.0.1:1' },
    home,
    command: 'node cli.js',
    out: (line) => out.push(line),
    error: (line) => error.push(line),
    interruption: () => AbortSignal.abort(),
  })
  return { code, out: out.join('\n'), error: error.join('\n') }
}

describe('tributary init', () => {
  it('writes the workflow to the top of the repository, from any folder in it', async () => {
    mkdirSync(join(top, 'src', 'deep'), { recursive: true })
    const { code, out } = await typed(join(top, 'src', 'deep'), ['init', ...USES])
    expect(code).toBe(0)
    expect(written()).toBe(workflowFor(`octo/tributary@${COMMIT}`))
    expect(out).toContain(`Wrote ${PATH}.`)
  })

  it('says what is left to do, in order, as commands for this very repository', async () => {
    git(top, ['remote', 'add', 'origin', 'git@github.com:octo/demo.git'])
    const { out } = await typed(top, ['init', ...USES, '--settings'])
    const commands = [
      'add your setup steps to the job `work`',
      `git add ${PATH} ${SETTINGS} && git commit -m 'Add Tributary'`,
      'git push origin main',
      'gh api -X PUT repos/octo/demo/actions/permissions/workflow -F can_approve_pull_request_reviews=true',
      'gh secret set ANTHROPIC_API_KEY --repo octo/demo',
      'node ../tributary/dist/cli.js doctor',
      'Comment /plan on an issue.',
    ]
    const places = commands.map((command) => out.indexOf(command))
    expect(places.every((place) => place > 0)).toBe(true)
    expect(places.toSorted((a, b) => a - b)).toEqual(places)
    expect(out).toContain('https://github.com/octo/demo/settings/actions')
  })

  it('begins with the remote, if there is none', async () => {
    const { out } = await typed(top, ['init', ...USES])
    expect(out).toContain('1. Put this repository on GitHub')
    expect(out).toContain('git remote add origin https://github.com/OWNER/REPO.git')
  })

  it('leaves its own file alone, and says which action stands in it', async () => {
    await typed(top, ['init', ...USES])
    const { code, out } = await typed(top, ['init'])
    expect(code).toBe(0)
    expect(out).toContain('exists already, with the action octo/tributary@')
  })

  it('does not take the example as it ships, without an address, for an installed workflow', async () => {
    mkdirSync(join(top, '.github', 'workflows'), { recursive: true })
    writeFileSync(join(top, PATH), workflowFor(PLACEHOLDER))
    const { code, out } = await typed(top, ['init', ...USES])
    expect(out).toContain('-        uses: &tributary <OWNER>/<REPO>@<REF>')
    expect(code).toBe(1)
    const home = tempDir()
    writeFileSync(join(home, 'package.json'), '{ "version": "1.2.3", "repository": "github:first/owner" }')
    expect((await typedFrom(home, ['init'])).code).toBe(1)
  })

  it('names the host of a repository on *.ghe.com, and the branch that workflows run from', async () => {
    git(top, ['remote', 'add', 'origin', 'git@octo.ghe.com:octo/demo.git'])
    git(top, ['symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main'])
    git(top, ['checkout', '--quiet', '-b', 'try'])
    const { out } = await typed(top, ['init', ...USES])
    expect(out).toContain('gh api --hostname octo.ghe.com -X PUT repos/octo/demo/actions/permissions/workflow')
    expect(out).toContain('gh secret set ANTHROPIC_API_KEY --repo octo.ghe.com/octo/demo')
    expect(out).toContain('$(gh auth token --hostname octo.ghe.com)')
    expect(out).toContain("git push origin try\n     then merge 'try' into the default branch 'main'")
  })

  it.each(['foo', 'ftp://x', 'https://'])('names the variable whose address %s cannot be used', async (server) => {
    const { code, error } = await typed(top, ['init', ...USES], { GITHUB_SERVER_URL: server })
    expect(error).toBe(
      `tributary init: the variable GITHUB_SERVER_URL holds '${server}', which is not an address; write one that begins with https://, or unset it`,
    )
    expect(code).toBe(2)
  })

  it('takes an empty variable for one that is not set', async () => {
    expect((await typed(top, ['init', ...USES], { GITHUB_SERVER_URL: '' })).code).toBe(0)
  })

  it("never overwrites a person's own file, and shows what would change in it", async () => {
    await typed(top, ['init', ...USES])
    const own = written().replace('timeout-minutes: 10', 'timeout-minutes: 20')
    writeFileSync(join(top, PATH), own)
    const { code, out, error } = await typed(top, ['init', ...USES])
    expect(code).toBe(1)
    expect(out).toContain('-    timeout-minutes: 20\n+    timeout-minutes: 10')
    expect(error).toContain('nothing was written')
    expect(written()).toBe(own)
    expect((await typed(top, ['init', '--force'])).code).toBe(2)
  })

  it('prints the file without writing it', async () => {
    const expected = workflowFor(`octo/tributary@${COMMIT}`).trimEnd()
    expect(await typed(tempDir(), ['init', '--print', ...USES])).toEqual({ code: 0, out: expected, error: '' })
  })

  it.each([
    ['a folder in no repository', tempDir, 'this folder is not in a git repository'],
    ['a bare repository', bare, 'this repository is bare'],
  ])('refuses %s, with what to do', async (_, folder, reason) => {
    const { code, error } = await typed(folder(), ['init', ...USES])
    expect(code).toBe(2)
    expect(error).toContain(reason)
  })
})

function bare(): string {
  const folder = tempDir()
  git(folder, ['init', '--quiet', '--bare'])
  return folder
}

describe('the address of the action', () => {
  it('is written as the commit of its tag, with the name behind it', async () => {
    const hub = await testHub({ name: 'octo/tributary' })
    git(hub.checkout, ['tag', '--annotate', '--message', 'one', 'v1'])
    await remoteGit(hub.checkout, 'push', '--quiet', hub.gitUrl(hub.tokens.admin), 'v1')
    const commit = git(hub.checkout, ['rev-parse', 'HEAD'])
    const env = { GITHUB_SERVER_URL: hub.url }
    await typed(top, ['init', '--uses', 'octo/tributary@v1'], env)
    expect(written()).toBe(workflowFor(`octo/tributary@${commit} # v1`))
    const { code, error } = await typed(top, ['init', '--print', '--uses', 'octo/tributary@v2'], env)
    expect(error).toContain("octo/tributary has no tag or branch 'v2'")
    expect(code).toBe(2)
  })

  it('is written as it was given if GitHub cannot be asked, which is said in a line', async () => {
    const { code, out } = await typed(top, ['init', '--uses', 'octo/tributary@v1'], {
      GITHUB_SERVER_URL: 'http://127.0.0.1:1',
    })
    expect(code).toBe(0)
    expect(written()).toBe(workflowFor('octo/tributary@v1'))
    expect(out).toContain('octo/tributary@v1 is not pinned to a commit: 127.0.0.1:1 could not be reached.')
  })

  it('is the origin of the checkout that the command runs from, at its commit once that is pushed', async () => {
    const home = tempDir()
    git(home, ['init', '--quiet'])
    git(home, ['commit', '--quiet', '--allow-empty', '--message', 'one'])
    git(home, ['remote', 'add', 'origin', 'git@github.com:fork/agents.git'])
    const unpushed = await typedFrom(home, ['init'])
    expect(unpushed).toMatchObject({
      code: 2,
      error: expect.stringContaining('is not pushed to a branch yet; push it'),
    })
    git(home, ['update-ref', 'refs/remotes/origin/main', 'HEAD'])
    writeFileSync(join(home, 'package.json'), '{ "version": "1.0.0", "repository": "github:first/owner" }')
    await typedFrom(home, ['init'])
    expect(written()).toBe(workflowFor(`fork/agents@${git(home, ['rev-parse', 'HEAD'])}`))
  })

  it('is the git address that npm took the package from', async () => {
    const modules = join(tempDir(), 'node_modules')
    const resolved = `git+ssh://git@github.com/fork/agents.git#${COMMIT}`
    mkdirSync(join(modules, 'tributary'), { recursive: true })
    writeFileSync(
      join(modules, '.package-lock.json'),
      JSON.stringify({ packages: { 'node_modules/tributary': { resolved } } }),
    )
    await typedFrom(join(modules, 'tributary'), ['init'])
    expect(written()).toBe(workflowFor(`fork/agents@${COMMIT}`))
  })

  it.each(['github:first/owner', 'first/owner', 'git+https://github.com/first/owner.git'])(
    'is the repository of its package (%s), at its version',
    async (repository) => {
      const home = tempDir()
      writeFileSync(join(home, 'package.json'), JSON.stringify({ version: '1.2.3', repository: { url: repository } }))
      await typedFrom(home, ['init'])
      expect(written()).toBe(workflowFor('first/owner@v1.2.3'))
    },
  )

  it('is asked for if nothing tells it', async () => {
    const home = tempDir()
    writeFileSync(join(home, 'package.json'), '{ "version": "1.2.3" }')
    const { code, error } = await typedFrom(home, ['init'])
    expect(error).toContain('--uses OWNER/REPO@REF')
    expect(code).toBe(2)
  })

  it.each([
    ['octo/tributary@v1', { owner: 'octo', repo: 'tributary', path: '', ref: 'v1' }],
    ['octo/mono/agents/deep@feature/x', { owner: 'octo', repo: 'mono', path: '/agents/deep', ref: 'feature/x' }],
  ])('may be %s', (text, address) => {
    expect(parseAddress(text)).toEqual(address)
  })

  it.each([
    'octo/tributary',
    'tributary@v1',
    './here@v1',
    '<OWNER>/<REPO>@<REF>',
    'o/r@',
    'o/r@-x',
    'o/r@a..b',
    'o/r@v1 # x',
    'o/r@v1\n  env: {}',
    'o/r@$(id)',
    'o/../r@v1',
    'o/r/../../x@v1',
    "o/r@v1'",
    'o/r@v1, with: {}',
    'o/r@{x}',
    '-o/r@v1',
    'o/..@v1',
  ])('may not be %j', async (text) => {
    const { code, error } = await typed(top, ['init', `--uses=${text}`])
    expect(error).toContain('is not the address of an action')
    expect(code).toBe(2)
  })
})

describe('the settings that init writes', () => {
  it('name the schema of the same commit, and say nothing by themselves', async () => {
    await typed(top, ['init', ...USES, '--settings'])
    const text = written(SETTINGS)
    expect(text.split('\n')[0]).toBe(
      `# yaml-language-server: $schema=https://raw.githubusercontent.com/octo/tributary/${COMMIT}/docs/tributary.schema.json`,
    )
    expect(readSettings(text)).toEqual({ ok: true, value: defaultSettings })
  })

  it('are the defaults, once the signs of a comment are taken away', async () => {
    await typed(top, ['init', ...USES, '--settings'])
    const [, , ...lines] = written(SETTINGS).split('\n')
    expect(lines.every((line) => line === '' || line.startsWith('# '))).toBe(true)
    const uncommented = lines.map((line) => line.slice(2)).join('\n')
    expect(uncommented).toContain('slots:\n  start:')
    expect(readSettings(uncommented)).toEqual({ ok: true, value: defaultSettings })
  })

  it('are left alone if there are some, and can be added later', async () => {
    await typed(top, ['init', ...USES])
    await typed(top, ['init', ...USES, '--settings'])
    expect(written(SETTINGS)).toContain('yaml-language-server')
    rmSync(join(top, SETTINGS))
    const home = tempDir()
    writeFileSync(join(home, 'package.json'), '{ "version": "1.2.3" }')
    expect((await typedFrom(home, ['init', '--settings'])).code).toBe(0)
    expect(written(SETTINGS)).toContain(`octo/tributary/${COMMIT}/docs`)
    writeFileSync(join(top, SETTINGS), 'merge: review\n')
    const { code, out } = await typed(top, ['init', ...USES, '--settings'])
    expect(out).toContain(`${SETTINGS} exists already and stays as it is.`)
    expect(written(SETTINGS)).toBe('merge: review\n')
    expect(code).toBe(0)
  })
})
