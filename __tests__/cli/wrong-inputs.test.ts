import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createCheckout, git, removeFolder, temporary } from '../hub/support/repository.ts'
import { typed } from './terminal.ts'

/** A folder with what people point a command at by mistake. */
let place: string
beforeAll(() => {
  place = temporary('wrong-inputs')
  const checkout = createCheckout({ 'README.md': '# Demo\n' })
  git(place, 'clone', '-q', checkout, 'clone')
  git(join(place, 'clone'), 'remote', 'add', 'mirror', 'https://no.such.host.invalid/octo/demo.git')
  git(place, 'init', '-q', 'empty')
  git(place, 'init', '-q', '--bare', 'bare.git')
  mkdirSync(join(place, 'folder'))
  writeFileSync(join(place, 'file'), 'text')
  writeFileSync(join(place, 'plan.yml'), 'title: x\n')
  return () => [place, checkout].forEach(removeFolder)
})

/** A port on which nothing listens any more. */
async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}

const at = (folder: string) => join(place, folder)
const lines = (text: string) => text.split('\n').filter((line) => line !== '')

describe('a mistake is one sentence with the fix, and exit code 2', () => {
  it.each([
    // Words and options, the same for every subcommand.
    ['init --prnt', 'there is no option --prnt, did you mean --print?'],
    ['demo --agent', 'there is no option --agent, did you mean --agents?'],
    ['hub --repos x', 'there is no option --repos, did you mean --repo?'],
    ['check --setting x', 'there is no option --setting, did you mean --settings?'],
    ['log 1 --jsn', 'there is no option --jsn, did you mean --json?'],
    ['log 1 --jsn=x', 'there is no option --jsn, did you mean --json?'],
    ['log -1', 'there is no option -1; the options are --remote, --repo, --json'],
    ['log -12', 'there is no option -12; the options are'],
    ['log 1 --json=yes', '--json takes no value; write it alone'],
    ['log 1 --repo', '--repo needs a value'],
    ['log 1 --repo --json', '--repo needs a value before --json'],
    ['log 1 --repo=', '--repo needs a value'],
    ['log 1 --repo a --repo b', '--repo is given twice; remove one'],
    ['log 1 --json --json', '--json is given twice; remove one'],
    ['simulate plan.yml --slots -1', 'if you mean it as the value, write --slots=-1'],
    ['check plan.yml plan.yml', "'plan.yml' is one argument too many"],
    ['log 1 2', "'2' is one argument too many"],
    ['doctor now', "'now' is one argument too many"],
    // What each of them is pointed at.
    ['log', 'which run? Name it by its issue: 42'],
    ['log forty', "'forty' is not a run; name it by its issue: 42"],
    ['log 0', "'0' is not a run"],
    ['log 1-0', "'1-0' is not a run"],
    ['log 1 --repo a --remote b', 'use --remote or --repo, not both'],
    ['log 1', 'this folder has no remote `origin` and no runs of `up`; use --remote or --repo'],
    ['log 1 --repo nowhere', 'there is no folder'],
    ['log 1 --repo file', 'is a file, not a folder'],
    ['log 1 --repo folder', 'is not a git repository; in it, run: git init'],
    ['log 1 --remote upstream', "there is no remote 'upstream'; this folder has none"],
    ['log 1 --remote https://', "'https://' is not the address of a repository"],
    ['log 1 --remote ftp://x/a/b', "'ftp://x/a/b' is not the address of a repository"],
    ['simulate', 'which plan? Name a file, or a run by its issue, such as 42'],
    ['simulate nowhere.yml', 'there is no file nowhere.yml'],
    ['simulate file/plan.yml', 'there is no file file/plan.yml'],
    ['simulate folder', 'a folder, not a file: folder'],
    ['simulate plan.yml --slots abc', "'abc' is not a number of slots; --slots takes numbers from 1 to 64"],
    ['simulate plan.yml --slots 0', "'0' is not a number of slots"],
    ['simulate plan.yml --slots 65', "'65' is not a number of slots"],
    ['simulate plan.yml --slots 1,,2', "'' is not a number of slots"],
    ['simulate plan.yml --slots 0x2', "'0x2' is not a number of slots"],
    ['simulate plan.yml --repo clone', "and 'plan.yml' is not one"],
    ['simulate 1 --repo nowhere', 'there is no folder'],
    ['check nowhere.yml', 'there is no file nowhere.yml'],
    ['check folder', 'a folder, not a file: folder'],
    ['check --settings nowhere.yml', 'there is no file nowhere.yml'],
    ['check --settings', '--settings needs a value'],
    ['up --prot 1', 'there is no option --prot, did you mean --port?'],
    ['up --agent cluade', "'cluade' is not an agent that --agent knows; did you mean claude?"],
    ['up', 'this folder is not in a git repository; run this in a clone, or run git init first'],
    ['run', 'what should be done? Say it in quotes'],
    ['run log', 'there is no terminal here to ask whether the plan is approved; --yes approves it'],
    ['run log --yes --budget much', "'much' is not a limit of money; write it like 5usd"],
    ['run log --yes', 'this folder is not in a git repository'],
    ['hub', 'which repository? Name its folder: --repo DIR'],
    ['hub --repo nowhere', 'there is no folder'],
    ['hub --repo file', 'is a file, not a folder'],
    ['hub --repo folder', 'is not a git repository; in it, run: git init && git add . && git commit'],
    ['hub --repo empty', 'has no commit to serve'],
    ['hub --repo clone --port abc', "'abc' is not a port; use a number from 0 to 65535"],
    ['hub --repo clone --port 99999', "'99999' is not a port"],
    ['hub --repo clone --port=-1', "'-1' is not a port"],
    ['hub --repo clone --name demo', "'demo' is not of the form OWNER/NAME"],
    ['hub --repo clone --secret =x', "'=x' is not of the form --secret K=V"],
    ['hub --repo clone --variable NOT_THERE', 'NOT_THERE is not in your environment'],
  ])('tributary %s: %s', async (line, sentence) => {
    const { code, out, error } = await typed(place, line.split(' '), { XDG_STATE_HOME: at('state') })
    expect(error).toContain(sentence)
    expect(error).toMatch(new RegExp(`^tributary ${line.split(' ')[0]}: `))
    const [, ...help] = lines(error)
    expect(help).toEqual(
      help.map(() => expect.stringMatching(`^\`.+ ${line.split(' ')[0]} --help\` shows how to use it\\.$`)),
    )
    expect(help.length).toBeLessThan(2)
    expect([code, out]).toEqual([2, ''])
  })

  it.each([
    ['log', ''],
    ['simulate', ''],
    ['check', ''],
  ])('also an empty word: tributary %s "%s"', async (...words) => {
    expect(await typed(place, words)).toMatchObject({
      code: 2,
      error: expect.stringContaining('one of the arguments is empty'),
    })
  })

  it.each(['init', 'doctor', 'log 1'])(
    'does not offer help on typing if the folder is the wrong one: tributary %s',
    async (line) => {
      const { code, error } = await typed(at('folder'), line.split(' '))
      expect(code).toBe(2)
      expect(error).not.toContain('--help')
    },
  )

  it('also a remote that is none of this folder, with those that are', async () => {
    const said = async (name: string) => (await typed(at('clone'), ['log', '1', '--remote', name])).error
    expect(await said('upstream')).toContain("there is no remote 'upstream'; there are mirror, origin")
    expect(await said('orign')).toContain("there is no remote 'orign'; did you mean 'origin'?")
  })

  it.each([['init'], ['doctor']])('also %s in a repository without files, or in none', async (word) => {
    for (const folder of ['bare.git', 'folder'])
      expect(await typed(at(folder), [word])).toMatchObject({
        code: 2,
        error: expect.stringMatching(/^tributary (init|doctor): /),
      })
  })
})

describe('help', () => {
  it.each([['hub'], ['log'], ['check']])('of one word is asked for in two ways: help %s', async (word) => {
    expect(await typed(place, ['help', word])).toEqual(await typed(place, [word, '--help']))
  })

  it('of a word that is none says what was meant', async () => {
    expect(await typed(place, ['help', 'hubb'])).toMatchObject({
      code: 2,
      error: "tributary: there is no 'hubb'. Did you mean 'hub'?",
    })
  })
})

describe('a broken world is one sentence with the host or the path, and exit code 1', () => {
  it.each([
    [['log', '1', '--remote', 'http://127.0.0.1:1/octo/demo'], '127.0.0.1:1 cannot be reached'],
    [['simulate', '1', '--remote', 'http://127.0.0.1:1/octo/demo'], '127.0.0.1:1 cannot be reached'],
    [['log', '1', '--remote', 'file:///nonexistent/demo'], 'the journal at /nonexistent/demo cannot be read'],
  ])('%j', async (words, sentence) => {
    const { code, out, error } = await typed(place, words)
    expect(error).toContain(sentence)
    expect([code, out, lines(error).length]).toEqual([1, '', 1])
  })

  it('reads a remote by its name, and names its host where that is not there', async () => {
    const { code, error } = await typed(at('clone'), ['log', '1', '--remote', 'mirror'])
    expect(error).toMatch(/^tributary log: no\.such\.host\.invalid cannot be reached: .+$/)
    expect(code).toBe(1)
    expect(await typed(at('clone'), ['log', '1', '--remote', 'origin'])).toMatchObject({
      code: 1,
      error: expect.stringMatching(/^Run 1 has no journal at \/.*\.git\.$/),
    })
  })

  it('names the API that doctor cannot reach', async () => {
    git(at('clone'), 'remote', 'set-url', 'origin', 'https://github.com/octo/demo.git')
    onTestFinished(() => void git(at('clone'), 'remote', 'set-url', 'origin', at('empty')))
    const port = await closedPort()
    const { code, error, out } = await typed(at('clone'), ['doctor'], {
      GITHUB_TOKEN: 'x',
      GITHUB_API_URL: `http://127.0.0.1:${port}`,
    })
    expect(`${out}${error}`).toMatch(new RegExp(`127\\.0\\.0\\.1:${port} cannot be reached`))
    expect(code).toBe(1)
  })

  it.each([[401], [403], [404]])(
    'says of a repository that answers %i that it may be private, and shows no password',
    async (status) => {
      const server = createServer((_, response) => response.writeHead(status, { 'www-authenticate': 'Basic' }).end())
      await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
      onTestFinished(() => void server.close())
      const { port } = server.address() as AddressInfo
      const remote = `http://mona:hunter2@127.0.0.1:${port}/octo/demo`
      const said = async (env: Record<string, string>) => typed(place, ['log', '1', '--remote', remote], env)
      const [open, tried] = [await said({}), await said({ GH_TOKEN: 'x', TRIBUTARY_DEBUG: '1' })]
      expect(open).toMatchObject({ code: 1, error: expect.stringContaining('for a private one, set GITHUB_TOKEN') })
      expect(tried).toMatchObject({ code: 1, error: expect.stringContaining('or GITHUB_TOKEN may not read it') })
      expect(`${open.error}${tried.error}`).not.toContain('hunter2')
    },
  )

  it('says of a run that has no journal where it looked', async () => {
    expect(await typed(place, ['log', '7', '--repo', 'clone'])).toMatchObject({
      code: 1,
      error: `Run 7 has no journal at ${at('clone')}/.git.`,
    })
    expect(await typed(place, ['simulate', '7', '--repo', 'bare.git'])).toMatchObject({
      code: 1,
      error: `Run 7 has no plan at ${at('bare.git')}.`,
    })
  })

  it('names the file that a hub cannot keep its folder at', async () => {
    const { code, error } = await typed(place, ['hub', '--repo', 'clone', '--data', 'file'])
    expect(error).toBe(`tributary hub: ${at('file')} exists already`)
    expect(code).toBe(1)
  })
})
