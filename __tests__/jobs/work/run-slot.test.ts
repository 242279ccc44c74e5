import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { scratchIn } from '../../../src/adapters/system/scratch.ts'
import { loggedFiles } from '../../../src/core/slots/job-log.ts'
import { parseResultFile } from '../../../src/core/slots/slot-result.ts'
import type { Sandbox } from '../../../src/ports/sandbox.ts'
import { needsSandbox, sandboxName } from '../../support/sandbox.ts'
import {
  assign,
  begin,
  oneTask,
  only,
  SLOT,
  type SlotWorld,
  script,
  slotWorld,
  taken,
  type Uploaded,
} from '../../support/slot.ts'
import { PUBLIC, smallInternet } from '../../support/small-internet.ts'
import { openRegistry } from '../../support/small-registry.ts'

let world: SlotWorld
beforeEach(() => {
  world = slotWorld({ secrets: ['ghs_abcdefgh'] })
})
afterEach(() => world.remove())

const outcomeOf = (uploads: readonly Uploaded[]) => only(uploads).result.outcome

const landed = (upload: Uploaded, ...words: string[]): string => taken(world, upload, ...words)

const until = async (isTrue: () => boolean) => {
  while (!isTrue()) await new Promise((go) => setImmediate(go))
}

describe('a slot with a set-up', () => {
  const SETUP = [script('mkdir -p ignored; cat *.lock > ignored/locks 2>&1; true'), script('date +%s%N > ignored/made')]
  const MADE = script('cat ignored/locks ignored/made > seen.txt')
  const setUps = () => world.lines.filter((line) => line.startsWith('Set-up, sh -c date'))

  /** Gives the slot these tasks one after another, each on what the one before has made. */
  const inTurn = (
    tasks: Record<string, string[]>,
    setup: readonly (readonly string[])[] = SETUP,
    more: Record<string, unknown> = {},
  ) => {
    const rest = Object.keys(tasks)
    const plan = { tasks: Object.fromEntries(Object.entries(tasks).map(([id, run]) => [id, { run }])) }
    begin(world, rest.join(', '), plan, { setup, ...more })
    assign(world, rest.shift() ?? '')
    world.onUpload((upload) => {
      const next = rest.shift()
      if (next === undefined) return world.happens({ type: 'run_cancelled', why: 'the test is over' })
      const { task } = upload.result
      const base = taken(world, upload, 'rev-parse')
      world.happens({
        type: 'task_failed',
        task,
        attempt: 1,
        head: null,
        failure: { reason: 'no-change' },
        final: true,
      })
      assign(world, next, { base })
    })
  }

  it('is prepared before its first task, and no more while lock files are the same', async () => {
    const SAME = script('cat ignored/locks ignored/made | cmp - seen.txt && echo c > c.txt')
    inTurn({ a: MADE, b: script('echo b > b.txt'), c: SAME })
    await world.start()
    expect(setUps()).toHaveLength(1)
    expect(world.uploads.map(({ result }) => result.outcome.kind)).toEqual(['done', 'done', 'done'])
  })

  it('is prepared again for a task whose needs changed a lock file, and after one that did', async () => {
    inTurn({ a: script('echo one > x.lock'), b: script('cp ignored/locks seen.txt') })
    await world.start()
    expect(setUps()).toHaveLength(2)
    const [, second] = world.uploads
    if (second === undefined) throw new Error('there was one task only')
    expect(taken(world, second, 'show', '--format=')).toContain('\n+one')
  })

  it('is prepared again after an agent installed for all what its task may not: its lock file is put back', async () => {
    const command = [
      ...script('mkdir -p a b && date +%N > a/done.txt && date +%N > b/done.txt && echo x > x.lock'),
      '{prompt_file}',
    ]
    inTurn({ a: [], b: [] }, SETUP, { worker: { command }, sandbox: 'off' })
    await world.start()
    expect(setUps()).toHaveLength(2)
    expect(world.uploads.map(({ result }) => result.outcome.kind)).toEqual(['done', 'done'])
  })

  it('gives each command a home like the one that the set-up left, where what a command changes is for no other', async () => {
    const adds = script('cat ~/.cache/made >> seen.txt; echo changed > ~/.cache/made; echo more > ~/.cache/more')
    inTurn({ a: adds, b: script('echo "$(cat ~/.cache/made) $(ls ~/.cache)" > b.txt') }, [
      script('mkdir ~/.cache; echo one > ~/.cache/made'),
      script('echo two >> ~/.cache/made'),
    ])
    await world.start()
    expect(world.uploads.map((upload) => taken(world, upload, 'show', '--format=').match(/^\+\w.*$/gm))).toEqual([
      ['+one', '+two'],
      ['+one', '+two made'],
    ])
  })

  it('leaves homes empty, and says so, if the system cannot give each command its own', async () => {
    const { probe } = await world.parts()
    inTurn({ a: script('ls -A ~ > seen.txt; echo here >> seen.txt') }, [script('echo one > ~/made')])
    const refusing: typeof probe = async (...wanted) => {
      const found = await probe(...wanted)
      if (!found.ok) return found
      const run: Sandbox['run'] = (argv, options) =>
        options.home?.changes === 'go'
          ? Promise.resolve({ exitCode: 1, log: 'mount: no overlay\n', seconds: 0, timedOut: false })
          : found.sandbox.run(argv, options)
      return { ok: true, sandbox: { ...found.sandbox, run } }
    }
    await world.start({ probe: refusing })
    expect(landed(only(world.uploads), 'show', '--format=')).toMatch(/\n@@ -0,0 \+1 @@\n\+here$/)
    expect(world.lines).toContain('Commands find nothing of what the set-up left in its home folder: mount: no overlay')
  })

  it('fails its task with the words of the set-up, and nothing of it is done', async () => {
    inTurn({ a: MADE }, [script('echo no registry >&2; exit 3')])
    await world.start()
    expect(outcomeOf(world.uploads)).toMatchObject({
      kind: 'failed',
      head: null,
      failure: {
        reason: 'program-failed',
        exitCode: 3,
        log: expect.stringMatching(/^The set-up of the settings failed: sh -c .*\nno registry\n$/s),
      },
    })
  })
})

describe('a task with an allowed host', needsSandbox, () => {
  const NPM = 'npm --no-audit --no-fund --registry http://registry.example/'
  const ADD = `echo '{"name":"mine","version":"1.0.0"}' > package.json; echo node_modules > .gitignore; ${NPM} install padder`

  it('adds a dependency through the proxy, and its acceptance installs that from the lock file', async () => {
    const registry = await openRegistry(['padder'])
    world.remove()
    world = slotWorld({ internet: smallInternet({ 'registry.example': [PUBLIC] }, { 80: registry.port }) })
    const acceptance = `${NPM} ci >&2 && node -p "require('padder')" && curl -s http://evil.example/; true`
    oneTask(
      world,
      { run: script(ADD), acceptance: { argv: script(acceptance), expect: '' } },
      { network: { allow: ['registry.example'] } },
    )
    await world.start()
    registry.close()
    const upload = only(world.uploads)
    expect(upload.result.outcome).toMatchObject({
      kind: 'done',
      report: {
        acceptanceLog: expect.stringMatching(/\npadded\n[\s\S]*- "evil\.example", 1 request: /),
        refusedHosts: [{ host: 'evil.example', why: 'not-listed', requests: 1 }],
      },
    })
    expect(landed(upload, 'show', '--format=', '--name-only')).toBe('.gitignore\npackage-lock.json\npackage.json')
    expect(registry.paths.filter((path) => path.endsWith('.tgz'))).toHaveLength(2)
  })

  it('installs what the set-up has downloaded without a network', async () => {
    const registry = await openRegistry(['padder'])
    world.remove()
    world = slotWorld({ internet: smallInternet({ 'registry.example': [PUBLIC] }, { 80: registry.port }) })
    const setup = [script(`${NPM} install --prefix /tmp/elsewhere padder`)]
    const acceptance = script(`${NPM} ci --offline >&2 && node -p "require('padder')"`)
    oneTask(
      world,
      { run: script(`${ADD} --offline`), acceptance: { argv: acceptance, expect: '' } },
      { setup, network: { allow: ['registry.example'] } },
    )
    await world.start()
    registry.close()
    expect(outcomeOf(world.uploads)).toMatchObject({
      kind: 'done',
      report: { acceptanceLog: expect.stringContaining('\npadded\n') },
    })
    expect(registry.paths.filter((path) => path.endsWith('.tgz'))).toHaveLength(1)
  })

  it('has none where the settings name none', async () => {
    const registry = await openRegistry(['padder'])
    world.remove()
    world = slotWorld({ internet: smallInternet({ 'registry.example': [PUBLIC] }, { 80: registry.port }) })
    oneTask(world, { run: script(ADD) })
    await world.start()
    registry.close()
    expect(outcomeOf(world.uploads)).toMatchObject({ kind: 'failed', failure: { reason: 'program-failed' } })
    expect(registry.paths).toEqual([])
  })
})

describe('a task', () => {
  it('is worked on, committed, accepted and handed over with its commit', async () => {
    oneTask(world, {
      title: 'Add b',
      run: script('echo b > b.txt; echo wrote b'),
      acceptance: { argv: script('grep b b.txt'), expect: '' },
    })
    const deeds = await world.start()
    const upload = only(world.uploads)
    expect(upload.name).toBe('tributary-42-a-1')
    expect(upload.result).toMatchObject({ run: '42', task: 'a', attempt: 1, base: world.base, slot: SLOT })
    expect(upload.result.outcome).toMatchObject({
      kind: 'done',
      report: { acceptanceLog: 'b\n', summary: 'wrote b', sandbox: expect.stringMatching(sandboxName()) },
    })
    expect(landed(upload, 'show', '--format=%P', '--name-only')).toBe(`${world.base}\n\nb.txt`)
    expect(landed(upload, 'show', '-s', '--format=%T')).toBe(
      'tree' in upload.result.outcome ? upload.result.outcome.tree : '',
    )
    expect(deeds).toEqual([{ task: 'a', attempt: 1, outcome: 'done', seconds: 0 }])
  })

  it('its commit is named by its title, which cannot tell GitHub anything, and says what it is of', async () => {
    oneTask(world, { title: 'Add b [skip ci]', run: script('echo b > b.txt') })
    await world.start()
    expect(landed(only(world.uploads), 'show', '-s', '--format=%B').trim()).toBe(
      'Add b\n\nTributary-Run: 42\nTributary-Task: a\nTributary-Attempt: 1',
    )
  })

  it('its commit has the author of the settings, and their sign-off', async () => {
    const author = 'Mona <mona@example.com>'
    oneTask(world, { run: script('echo b > b.txt') }, { commits: { author, sign_off: true } })
    await world.start()
    expect(
      landed(only(world.uploads), 'show', '-s', '--format=%an <%ae>|%cn <%ce>|%(trailers:key=Signed-off-by)'),
    ).toBe(`${author}|${author}|Signed-off-by: ${author}`)
  })

  it('its program knows run, task, attempt and what people said, and no token', async () => {
    const run = ['node', '-e', 'fs.writeFileSync("env.json", JSON.stringify(process.env) + "\\n")']
    begin(world, 'a', { tasks: { a: { run } } })
    world.happens(
      { type: 'task_retried', task: 'a', note: 'use the new API', onto: [] },
      { type: 'task_retried', task: 'a', note: 'and be quick', onto: [] },
    )
    assign(world, 'a', { attempt: 3 })
    world.onUpload(() => world.happens({ type: 'run_cancelled', why: '' }))
    await world.start()
    const env = JSON.parse(landed(only(world.uploads), 'show', '--format=').split('\n+').at(-1) ?? '')
    expect(env).toMatchObject({
      TRIBUTARY_RUN: '42',
      TRIBUTARY_TASK: 'a',
      TRIBUTARY_ATTEMPT: '3',
      TRIBUTARY_NOTES: 'use the new API\nand be quick',
    })
    expect(Object.keys(env).join()).not.toMatch(/TOKEN|GITHUB_|ACTIONS_|VITEST/)
  })

  it('starts from its base, from what the job had installed, and from nothing that an earlier task left', async () => {
    mkdirSync(join(world.tree, 'ignored'))
    writeFileSync(join(world.tree, 'ignored/installed'), '')
    begin(world, 'a, b', {
      tasks: {
        a: { run: script('mkdir sub sub/ignored; echo x > sub/ignored/x; echo a > made; echo a >> a.txt') },
        b: { run: script('ls . ignored > seen; cat a.txt >> seen') },
      },
    })
    assign(world, 'a')
    world.onUpload(({ result }) => {
      if (result.task === 'b') return world.happens({ type: 'run_cancelled', why: '' })
      world.happens({
        type: 'task_failed',
        task: 'a',
        attempt: 1,
        head: null,
        failure: { reason: 'no-change' },
        final: true,
      })
      assign(world, 'b')
    })
    const deeds = await world.start()
    expect(deeds.map((deed) => deed.task)).toEqual(['a', 'b'])
    const [, second] = world.uploads
    expect(second === undefined ? '' : landed(second, 'show', '--format=')).toContain(
      '+.:\n+a.txt\n+ignored\n+seen\n+\n+ignored:\n+installed\n+a',
    )
  })

  it('is accepted on the tree that is handed over: what git ignores, and the program made, is not there', async () => {
    oneTask(world, {
      run: script('echo gen.txt > .gitignore; echo 42 > gen.txt; mkdir empty; echo b > b.txt'),
      acceptance: { argv: script('ls -d b.txt gen.txt empty; grep 42 gen.txt'), expect: '' },
    })
    await world.start()
    expect(outcomeOf(world.uploads)).toMatchObject({
      failure: { reason: 'acceptance-failed', log: expect.stringMatching(/^ls: .*gen\.txt[\s\S]*\nb\.txt\n/) },
    })
    expect(landed(only(world.uploads), 'show', '--format=', '--name-only')).toBe('.gitignore\nb.txt')
  })

  it('a program that fails hands over what it left and what it said', async () => {
    oneTask(world, { run: script('echo half > half.txt; echo the reason >&2; exit 3') })
    const deeds = await world.start()
    expect(outcomeOf(world.uploads)).toMatchObject({
      kind: 'failed',
      failure: { reason: 'program-failed', exitCode: 3, log: 'the reason\n' },
    })
    expect(landed(only(world.uploads), 'show', '--format=', '--name-only')).toBe('half.txt')
    expect(deeds[0]?.outcome).toBe('failed: program-failed')
  })

  it('a program that fails without a trace hands over no commit', async () => {
    oneTask(world, { run: ['false'] })
    await world.start()
    expect(outcomeOf(world.uploads)).toMatchObject({ kind: 'failed', head: null, tree: null })
    expect(only(world.uploads).bundle).toBeNull()
  })

  it('work that its acceptance refuses fails with the log, and is handed over', async () => {
    oneTask(world, { run: script('echo b > b.txt'), acceptance: { argv: script('echo not good; exit 1'), expect: '' } })
    await world.start()
    expect(outcomeOf(world.uploads)).toMatchObject({
      failure: { reason: 'acceptance-failed', exitCode: 1, log: 'not good\n' },
      report: { acceptanceLog: 'not good\n' },
    })
    expect(landed(only(world.uploads), 'show', '--format=', '--name-only')).toBe('b.txt')
  })

  it('work that holds a secret of the job, or a key of somebody, is handed over without its commits', async () => {
    const key = ['AKIA', 'QZ7XKPLM3RTVWY2N'].join('')
    for (const [index, line] of ['t = "ghs_abcdefgh"', `id = "${key}"`].entries()) {
      const own = slotWorld({ secrets: ['ghs_abcdefgh'] })
      oneTask(own, { run: script(`echo '${line}' > b.txt`) })
      await own.start()
      const upload = only(own.uploads)
      const failure = { reason: 'secret-in-diff', paths: ['b.txt'] }
      expect(upload.result.outcome, `${index}`).toMatchObject({ kind: 'failed', failure, head: null, tree: null })
      expect(upload.bundle).toBeNull()
      own.remove()
    }
  })

  it.each([
    [
      'a file that is too large to be searched',
      'head -c 3000 /dev/zero > b.bin',
      /^b\.bin cannot be searched .*`limits\.file_kilobytes` allows 2 kB/,
    ],
    ['too many files', 'touch b c d e', /^4 files changed, and `limits.files` allows 3$/],
  ])('work with %s is handed over without its commits', async (_what, run, detail) => {
    oneTask(world, { run: script(run) }, { limits: { file_kilobytes: 2, files: 3 } })
    await world.start()
    const failure = { reason: 'too-large', detail: expect.stringMatching(detail) }
    expect(outcomeOf(world.uploads)).toMatchObject({ kind: 'failed', failure, head: null })
    expect(only(world.uploads).bundle).toBeNull()
  })

  it('work that failed keeps its reason where a secret keeps its commits from being handed over', async () => {
    oneTask(world, { run: script('echo ghs_abcdefgh > b.txt; exit 3') })
    await world.start()
    expect(outcomeOf(world.uploads)).toMatchObject({ head: null, failure: { reason: 'program-failed', exitCode: 3 } })
    expect(only(world.uploads).bundle).toBeNull()
  })

  it('a path that is named after a secret is told without it', async () => {
    oneTask(world, { run: script('echo ghs_abcdefgh > ghs_abcdefgh.txt') })
    await world.start()
    expect(outcomeOf(world.uploads)).toMatchObject({ failure: { reason: 'secret-in-diff', paths: ['***.txt'] } })
  })

  it('an acceptance that fails by chance counts if it passes on the same tree, and is called flaky', async () => {
    mkdirSync(join(world.tree, 'ignored'))
    writeFileSync(join(world.tree, 'ignored', 'tries'), '')
    const chance = 'test -s ignored/tries || { echo x > ignored/tries; echo bad luck; exit 3; }; echo good'
    oneTask(world, { run: script('echo b > b.txt'), acceptance: { argv: script(chance), expect: '' } })
    await world.start()
    expect(outcomeOf(world.uploads)).toMatchObject({
      kind: 'done',
      report: {
        acceptanceLog: 'bad luck\n[exit code 3; it ran again on the same tree and passed:]\ngood\n',
        flaky: [expect.stringContaining('bad luck')],
      },
    })
  })

  it('an acceptance that changes files accepts nothing; what git ignores it may write', async () => {
    const acceptance = {
      argv: script('mkdir -p ignored; touch ignored/log; echo x >> a.txt; echo c > c.txt'),
      expect: '',
    }
    oneTask(world, { run: script('echo b > b.txt'), acceptance })
    await world.start()
    expect(outcomeOf(world.uploads)).toMatchObject({
      failure: { reason: 'acceptance-changed-files', paths: ['a.txt', 'c.txt'] },
    })
    expect(landed(only(world.uploads), 'show', '--format=', '--name-only')).toBe('b.txt')
  })

  it('a task without an acceptance is not done', async () => {
    oneTask(world, { run: script('echo b > b.txt'), acceptance: { argv: [], expect: '' } })
    await world.start()
    expect(outcomeOf(world.uploads)).toMatchObject({ failure: { reason: 'acceptance-failed' } })
  })

  it('a program that hangs is stopped when its time is over, and keeps what it did', async () => {
    oneTask(world, { run: script('echo b > b.txt; echo begun; sleep 600'), timeout_minutes: 0.01 })
    await world.start()
    expect(outcomeOf(world.uploads)).toMatchObject({ failure: { reason: 'timed-out', minutes: 0.01, log: 'begun\n' } })
    expect(landed(only(world.uploads), 'show', '--format=', '--name-only')).toBe('b.txt')
  })

  it('program and acceptance share the time', async () => {
    oneTask(world, {
      run: script('sleep 0.5; echo b > b.txt'),
      acceptance: { argv: ['sleep', '0.5'], expect: '' },
      timeout_minutes: 0.8 / 60,
    })
    await world.start()
    expect(outcomeOf(world.uploads)).toMatchObject({ kind: 'failed', failure: { reason: 'timed-out' } })
  })

  it('a task that should write something and wrote nothing has failed', async () => {
    oneTask(world, { run: ['true'] })
    await world.start()
    expect(outcomeOf(world.uploads)).toMatchObject({ failure: { reason: 'no-change' }, head: null })
  })

  it('a task that declares no paths may change nothing: its base stands for it', async () => {
    oneTask(world, { run: ['true'], writes: [] })
    await world.start()
    expect(outcomeOf(world.uploads)).toMatchObject({ kind: 'done', head: world.base })
    expect(only(world.uploads).bundle).toBeNull()
  })

  it('a task that is run again on a base with its own work in it may change nothing', async () => {
    begin(world, 'a', { tasks: { a: { run: ['true'] } } })
    assign(world, 'a')
    world.happens({ type: 'task_conflicted', task: 'a', with: [], paths: ['a.txt'], onto: [world.base], final: false })
    assign(world, 'a', { attempt: 2 })
    world.onUpload(() => world.happens({ type: 'run_cancelled', why: '' }))
    await world.start()
    expect(outcomeOf(world.uploads)).toMatchObject({ kind: 'done', head: world.base })
  })

  it('a secret that a program prints is hidden in all that is handed over', async () => {
    const leak = 'printf "token ghs_abcdefgh\\n"; printf "ghs_abcdefgh" | base64'
    oneTask(world, {
      run: script(`${leak}; echo b > b.txt`),
      acceptance: { argv: script(`${leak}; exit 1`), expect: '' },
    })
    await world.start()
    const text = JSON.stringify(only(world.uploads).result)
    expect(text).toContain('token ***')
    expect(text).not.toMatch(/ghs_abcdefgh|Z2hzX2FiY2RlZm/)
  })

  it('a program that leaves what nobody may read does not bring the slot down', async () => {
    begin(world, 'a, b', {
      tasks: {
        a: { run: script('mkdir -p d/e; echo x > d/e/f; chmod 000 d/e/f d/e d') },
        b: { run: script('echo b > b.txt') },
      },
    })
    assign(world, 'a')
    world.onUpload(({ result }) => {
      if (result.task === 'b') return world.happens({ type: 'run_cancelled', why: '' })
      world.happens({
        type: 'task_failed',
        task: 'a',
        attempt: 1,
        head: null,
        failure: { reason: 'no-change' },
        final: true,
      })
      assign(world, 'b')
    })
    const deeds = await world.start()
    expect(deeds.map((deed) => deed.task)).toEqual(['a', 'b'])
    expect(deeds[1]?.outcome).toBe('done')
  })

  it('writes neither through a link out of the tree nor into .git, and the slot goes on', needsSandbox, async () => {
    const outside = join(world.tree, '..', 'outside.txt')
    oneTask(world, {
      run: script(
        `ln -s ${outside} out; echo x > out; git config core.fsmonitor "touch ${outside}"; echo x > .git/hooks/post-checkout; echo b > b.txt`,
      ),
    })
    const config = readFileSync(join(world.tree, '.git/config'), 'utf8')
    await world.start()
    expect(existsSync(outside)).toBe(false)
    expect(readFileSync(join(world.tree, '.git/config'), 'utf8')).toBe(config)
    expect(landed(only(world.uploads), 'show', '--format=', '--raw', '--no-abbrev')).toMatch(/120000.*\tout/)
  })

  it('fails closed where there is no sandbox: nothing of it is run', async () => {
    oneTask(world, { run: script('echo b > b.txt') })
    await world.start({
      probe: async () => ({ ok: false, detail: 'no bwrap', fix: ['apt-get install -y bubblewrap'] }),
    })
    expect(outcomeOf(world.uploads)).toMatchObject({
      kind: 'failed',
      head: null,
      failure: { reason: 'sandbox-unavailable', detail: 'no bwrap', fix: ['apt-get install -y bubblewrap'] },
      report: { sandbox: 'none' },
    })
    expect(readdirSync(world.tree)).not.toContain('b.txt')
  })

  it('runs without one where the settings say so by name, and tells', async () => {
    oneTask(world, { run: script('echo b > b.txt') }, { sandbox: 'off' })
    await world.start()
    expect(outcomeOf(world.uploads)).toMatchObject({ kind: 'done', report: { sandbox: 'off' } })
  })
})

describe('a verification', () => {
  const verify = (commands: string[][], settings = {}) => {
    begin(world, 'a', { verification: commands.map((argv) => ({ argv })) }, settings)
    world.happens(
      { type: 'verification_queued', on: world.base, attempt: 2 },
      { type: 'verification_started', on: world.base, attempt: 2, slot: SLOT },
    )
    world.onUpload(() => world.happens({ type: 'run_cancelled', why: '' }))
  }

  it('passes where every command does, on the commit that is named', async () => {
    verify([script('cat a.txt'), ['git', 'rev-parse', 'HEAD']])
    const deeds = await world.start()
    expect(only(world.uploads)).toMatchObject({ name: 'tributary-42-verify-2', bundle: null })
    expect(outcomeOf(world.uploads)).toMatchObject({ kind: 'verified', on: world.base })
    expect(JSON.stringify(outcomeOf(world.uploads))).toContain(`$ git rev-parse HEAD\\n${world.base}\\n`)
    expect(deeds).toMatchObject([{ task: 'verify', attempt: 2, outcome: 'verified' }])
  })

  it('fails with the first command that fails; the later ones are not run', async () => {
    verify([['true'], script('echo broken; exit 4'), script('echo never')])
    await world.start()
    expect(outcomeOf(world.uploads)).toMatchObject({
      kind: 'verification-failed',
      failure: { reason: 'verification-failed', on: world.base, exitCode: 4, log: 'broken\n' },
    })
    expect(JSON.stringify(world.uploads)).not.toContain('never')
  })

  it('fails when its time is over, and where there is no sandbox', async () => {
    verify([['sleep', '600']], { limits: { task_minutes: 0.01 } })
    await world.start()
    expect(outcomeOf(world.uploads)).toMatchObject({ kind: 'verification-failed', failure: { reason: 'timed-out' } })
    world.remove()
    world = slotWorld()
    verify([['true']])
    await world.start({ probe: async () => ({ ok: false, detail: 'none', fix: [] }) })
    expect(outcomeOf(world.uploads)).toMatchObject({
      kind: 'verification-failed',
      failure: { reason: 'sandbox-unavailable' },
    })
  })

  it('reaches the hosts that its tasks may reach', needsSandbox, async () => {
    const registry = await openRegistry(['padder'])
    world.remove()
    world = slotWorld({ internet: smallInternet({ 'registry.example': [PUBLIC] }, { 80: registry.port }) })
    verify([['curl', '-sSf', 'http://registry.example/padder']], { network: { allow: ['registry.example'] } })
    await world.start()
    registry.close()
    expect(outcomeOf(world.uploads)).toMatchObject({ kind: 'verified' })
    expect(registry.paths).toEqual(['/padder'])
  })

  it('of a plan with nothing to verify by is no pass', async () => {
    begin(world, 'a', { verification: [], tasks: { a: { acceptance: { argv: [], expect: '' } } } })
    world.happens(
      { type: 'verification_queued', on: world.base, attempt: 1 },
      { type: 'verification_started', on: world.base, attempt: 1, slot: SLOT },
    )
    world.onUpload(() => world.happens({ type: 'run_cancelled', why: '' }))
    await world.start()
    expect(outcomeOf(world.uploads)).toMatchObject({ kind: 'verification-failed' })
  })
})

describe('when the journal changes its mind', () => {
  const hanging = script('echo > started; sleep 600')
  const started = () => existsSync(join(world.tree, 'started'))
  const leave = () => world.happens({ type: 'run_cancelled', why: 'enough' })

  it('a cancelled task is stopped, nothing of it is handed over, and the slot goes on', async () => {
    begin(world, 'a, b', { tasks: { a: { run: hanging }, b: { run: script('echo b > b.txt') } } })
    assign(world, 'a')
    world.onUpload(leave)
    const slot = world.start()
    await until(started)
    world.happens({ type: 'task_cancelled', task: 'a' })
    assign(world, 'b')
    const deeds = await world.passTime(slot)
    expect(deeds.map(({ task, outcome }) => `${task} ${outcome}`)).toEqual(['a stopped, no longer wanted', 'b done'])
    expect(world.uploads.map(({ name }) => name)).toEqual(['tributary-42-b-1'])
  })

  it('a cancelled run stops what runs, and the slot leaves', async () => {
    begin(world, 'a', { tasks: { a: { run: hanging } } })
    assign(world, 'a')
    const slot = world.start()
    await until(started)
    leave()
    const deeds = await world.passTime(slot)
    expect(deeds).toMatchObject([{ outcome: 'stopped, no longer wanted' }])
    expect(world.uploads).toEqual([])
    expect(world.lines.at(-1)).toBe('The slot leaves: the run has ended: enough.')
  })

  it('an attempt that was given out again is nobody else’s: it is stopped', async () => {
    begin(world, 'a', { tasks: { a: { run: hanging } } })
    assign(world, 'a')
    const slot = world.start()
    await until(started)
    world.happens({ type: 'task_returned', task: 'a', attempt: 1, slot: SLOT })
    assign(world, 'a', { attempt: 2, slot: 'r2-1' })
    const deeds = await world.passTime(slot)
    expect(deeds).toMatchObject([{ attempt: 1, outcome: 'stopped, no longer wanted' }])
    expect(world.uploads).toEqual([])
  })

  it('a pause lets a running task finish', async () => {
    begin(world, 'a', {
      tasks: { a: { run: script('echo > started; while [ ! -e ignored/go ]; do sleep 0.02; done') } },
    })
    assign(world, 'a')
    world.onUpload(leave)
    const slot = world.start()
    await until(started)
    world.happens({ type: 'run_paused', why: 'lunch' })
    await world.clock.waiting()
    world.clock.advance(2)
    execFileSync('sh', ['-c', 'mkdir -p ignored && touch ignored/go'], { cwd: world.tree })
    expect(await slot).toMatchObject([{ outcome: 'done' }])
  })

  it('a verification that is no longer wanted is stopped', async () => {
    begin(world, 'a', { verification: [{ argv: hanging }] })
    world.happens(
      { type: 'verification_queued', on: world.base, attempt: 1 },
      { type: 'verification_started', on: world.base, attempt: 1, slot: SLOT },
    )
    const slot = world.start()
    await until(started)
    world.happens({ type: 'verification_returned', on: world.base, attempt: 1, slot: SLOT })
    expect(await world.passTime(slot)).toMatchObject([{ task: 'verify', outcome: 'stopped, no longer wanted' }])
  })
})

describe('what comes next', () => {
  const BEGUN = 'mkdir -p ignored; echo > ignored/begun'
  const begun = () => existsSync(join(world.tree, 'ignored/begun'))
  const leave = () => world.happens({ type: 'run_cancelled', why: 'enough' })
  const over = (task: string) => ({ type: 'task_cancelled', task }) as const
  const names = () => world.uploads.map(({ name }) => name)
  /** The slot works on `a`; `b` is ready, and no other slot is there. */
  const ready = (b: string[], slots: Record<string, unknown> = {}) => {
    const tasks = { a: { run: script('echo more > a.txt') }, b: { run: b }, c: { run: script('echo c > c.txt') } }
    begin(world, 'a, b, c', { tasks }, { slots })
    assign(world, 'a')
    world.happens({ type: 'task_queued', task: 'b', attempt: 1, base: world.base })
  }

  it('is begun when the work before is handed over, before the journal says so, and is handed over only then', async () => {
    ready(script(`${BEGUN}; echo b > b.txt`))
    const at = world.clock.now()
    const slot = world.start()
    await until(begun)
    expect(world.clock.now()).toEqual(at)
    await until(() => !existsSync(join(world.tree, '.git/index.lock')) && existsSync(join(world.tree, 'b.txt')))
    for (let look = 0; look < 20; look += 1) {
      await world.clock.waiting()
      world.clock.advance(0.3)
    }
    expect(names()).toEqual(['tributary-42-a-1'])
    world.onUpload(leave)
    world.happens(over('a'), { type: 'task_started', task: 'b', attempt: 1, slot: SLOT })
    const deeds = await world.passTime(slot)
    expect(deeds.map(({ task, outcome }) => `${task} ${outcome}`)).toEqual(['a done', 'b done'])
    expect(names()).toEqual(['tributary-42-a-1', 'tributary-42-b-1'])
    expect(world.uploads[1]?.result).toMatchObject({ base: world.base, startedAt: at.toISOString() })
  })

  it('is stopped if another slot has it, and nothing of it is handed over', async () => {
    ready(script(`${BEGUN}; sleep 600`))
    const slot = world.start()
    await until(begun)
    world.onUpload(leave)
    world.happens(over('a'), { type: 'task_started', task: 'b', attempt: 1, slot: 'r2-1' })
    assign(world, 'c')
    const deeds = await world.passTime(slot)
    expect(deeds.map(({ task, outcome }) => `${task} ${outcome}`)).toEqual([
      'a done',
      'b stopped, no longer wanted',
      'c done',
    ])
    expect(names()).toEqual(['tributary-42-a-1', 'tributary-42-c-1'])
  })

  it('is begun once, and given up if it is not recorded for as long as a slot may be idle', async () => {
    ready(script('echo b > b.txt'), { idle_seconds: 60 })
    await world.passTime(world.start())
    expect(world.lines.filter((line) => line.startsWith('b, '))).toEqual([
      `b, attempt 1: begun on ${world.base}.`,
      'b, attempt 1: stopped, no longer wanted.',
    ])
    expect(names()).toEqual(['tributary-42-a-1'])
    expect(world.lines.at(-1)).toBe('The slot leaves: there was nothing to do for 60 seconds.')
  })

  it('is nothing in a pause, and for a slot at the end of its life', async () => {
    ready(script('echo b > b.txt'), { life_minutes: 1, idle_seconds: 30 })
    world.onUpload(() => world.happens({ type: 'run_paused', why: 'lunch' }))
    expect(await world.passTime(world.start())).toHaveLength(1)
    world.remove()
    world = slotWorld()
    ready(script('echo b > b.txt'), { life_minutes: 1, idle_seconds: 30 })
    world.onUpload(() => world.clock.advance(61))
    expect(await world.passTime(world.start())).toHaveLength(1)
    expect(world.lines.at(-1)).toBe('The slot leaves: it takes nothing new after 1 minutes.')
  })
})

describe('waiting', () => {
  it('it waits for a journal, a plan, an approval and a task, and reads only what has changed', async () => {
    const slot = world.start()
    await world.clock.waiting()
    expect([world.looks(), world.reads()]).toEqual([1, 0])
    oneTask(world, { run: script('echo b > b.txt') })
    await world.passTime(slot)
    expect(world.uploads).toHaveLength(1)
    expect(world.reads()).toBeLessThanOrEqual(3)
  })

  it('it leaves after its time without work, counted from its last work on', async () => {
    begin(world, 'a', { tasks: { a: { run: script('echo b > b.txt') } } }, { slots: { idle_seconds: 60 } })
    const begun = world.clock.now().getTime()
    const slot = world.start()
    for (let waited = 0; waited < 50; waited += 2) {
      await world.clock.waiting()
      world.clock.advance(2)
    }
    assign(world, 'a')
    const deeds = await world.passTime(slot)
    expect(deeds).toHaveLength(1)
    expect((world.clock.now().getTime() - begun) / 1000).toBeGreaterThanOrEqual(110)
    expect(world.lines.at(-1)).toBe('The slot leaves: there was nothing to do for 60 seconds.')
  })

  it('a result is handed over once, however long the journal still names its task', async () => {
    begin(world, 'a', { tasks: { a: { run: script('echo b > b.txt') } } })
    assign(world, 'a')
    const deeds = await world.passTime(world.start())
    expect(deeds).toHaveLength(1)
    expect(world.uploads).toHaveLength(1)
  })

  it('it looks often after a result, since the next task mostly comes then, and as before once it has waited', async () => {
    begin(world, 'a', { tasks: { a: { run: script('echo b > b.txt') } } })
    assign(world, 'a')
    const slot = world.start()
    await until(() => world.uploads.length === 1)
    await world.clock.waiting()
    const looked = world.looks()
    const pass = async (times: number) => {
      for (let time = 0; time < times; time += 1) {
        world.clock.advance(0.3)
        await world.clock.waiting()
      }
    }
    await pass(10)
    expect(world.looks() - looked).toBe(10)
    await pass(30)
    expect(world.looks() - looked).toBeLessThan(22)
    world.happens({ type: 'run_cancelled', why: 'the test is over' })
    await world.passTime(slot)
  })

  it('a slot at the end of its life takes nothing new', async () => {
    begin(
      world,
      'a',
      { tasks: { a: { run: script('echo b > b.txt') } } },
      { slots: { life_minutes: 1, idle_seconds: 600 } },
    )
    const slot = world.start()
    await world.clock.waiting()
    assign(world, 'a')
    world.clock.advance(61)
    expect(await slot).toEqual([])
    expect(world.uploads).toEqual([])
  })

  it('looks that fail are tried again, ever later, and a journal that stays away ends the slot', async () => {
    oneTask(world, { run: script('echo b > b.txt') })
    world.fails.looks = 3
    expect(await world.passTime(world.start(), 60)).toHaveLength(1)
    world.fails.looks = Number.POSITIVE_INFINITY
    await expect(world.passTime(world.start(), 60)).rejects.toThrow('the journal could not be read 20 times')
  })

  it('looks that fail at its start do not become frequent: a minute of trouble ends no slot', async () => {
    oneTask(world, { run: script('echo b > b.txt') })
    world.fails.looks = 5
    const begun = world.clock.now().getTime()
    const slot = world.start()
    for (let failures = 0; failures < 4; failures += 1) {
      await world.clock.waiting()
      world.clock.advance(2 ** (failures + 2) - 0.5)
      await new Promise((go) => setImmediate(go))
      expect(world.fails.looks).toBe(4 - failures)
      world.clock.advance(0.5)
    }
    expect((world.clock.now().getTime() - begun) / 1000).toBe(4 + 8 + 16 + 32)
    expect(await world.passTime(slot, 60)).toHaveLength(1)
  })

  it('a journal that stays away during a task ends the slot too, and stops the task', async () => {
    oneTask(world, { run: script('echo > started; sleep 600') })
    const slot = world.start()
    await until(() => existsSync(join(world.tree, 'started')))
    world.fails.looks = Number.POSITIVE_INFINITY
    await expect(world.passTime(slot, 60)).rejects.toThrow('the journal could not be read')
    expect(world.uploads).toEqual([])
  })
})

describe('handing over', () => {
  it('an upload that fails is tried again', async () => {
    oneTask(world, { run: script('echo b > b.txt') })
    world.fails.uploads = 3
    await world.passTime(world.start(), 16)
    expect(outcomeOf(world.uploads)).toMatchObject({ kind: 'done' })
  })

  it('commits that nobody would take in are not handed over; the task fails with the reason', async () => {
    oneTask(world, { run: script('echo b > b.txt') })
    const scratch = scratchIn(join(world.tree, '..'))
    await world.start({
      scratch: { ...scratch, use: (work) => scratch.use((folder) => work({ ...folder, bytes: async () => 2 ** 30 })) },
    })
    expect(outcomeOf(world.uploads)).toMatchObject({ kind: 'failed', head: null, failure: { reason: 'too-large' } })
    expect(only(world.uploads).bundle).toBeNull()
  })

  it('an upload that fails for a quarter of an hour is replaced by the job’s log, and the slot ends and leaves no files', async () => {
    oneTask(world, { run: script('echo b > b.txt') })
    world.fails.uploads = Number.POSITIVE_INFINITY
    const begun = world.clock.now().getTime()
    const end = await world.passTime(world.run(), 60)
    expect(end).toMatchObject({ work: [{ task: 'a', outcome: 'done' }], refused: 'the upload broke off' })
    expect(world.clock.now().getTime() - begun).toBeGreaterThan(900_000)
    expect([...loggedFiles(world.printed.join('\n')).keys()]).toEqual([
      'tributary-42-a-1/result.json',
      'tributary-42-a-1/work.bundle',
    ])
    expect(readdirSync(join(world.tree, '../temp'))).toEqual([])
  })

  it('a storage that refuses is believed after three tries; the log has the very commits, and the words name the cause', async () => {
    oneTask(world, { run: script('echo b > b.txt') })
    world.fails.storage = 'Failed to CreateArtifact: Artifact storage quota has been hit.\nMore info: https://docs'
    const end = await world.passTime(world.run(), 16)
    expect(end.refused).toBe('Failed to CreateArtifact: Artifact storage quota has been hit. More info: https://docs')
    expect(world.lines.filter((line) => line.includes('tries again'))).toHaveLength(2)
    const files = loggedFiles(world.printed.join('\n'))
    const bundle = join(world.tree, '../from-the-log.bundle')
    writeFileSync(bundle, files.get('tributary-42-a-1/work.bundle') ?? '')
    const text = Buffer.from(files.get('tributary-42-a-1/result.json') ?? []).toString()
    const result = parseResultFile(text)
    if (!result.ok) throw new Error(result.error)
    expect(landed({ name: '', result: result.value, bundle }, 'show', '--format=', '--name-only')).toBe('b.txt')
  })

  it('what is offered again is smaller: without the logs that nobody needs to land it', async () => {
    oneTask(world, { run: script('echo b > b.txt'), acceptance: { argv: script('echo a long log'), expect: '' } })
    world.fails.uploads = 2
    await world.passTime(world.start(), 16)
    expect(outcomeOf(world.uploads)).toMatchObject({ kind: 'done', report: { acceptanceLog: '' } })
  })

  it('nothing is offered any more once the run is cancelled', async () => {
    oneTask(world, { run: script('echo b > b.txt') })
    world.fails.uploads = Number.POSITIVE_INFINITY
    const slot = world.run()
    await until(() => world.lines.some((line) => line.includes('tries again')))
    world.happens({ type: 'run_cancelled', why: '' })
    expect(await world.passTime(slot, 60)).toMatchObject({ refused: null })
    expect([world.uploads, world.printed]).toEqual([[], []])
  })

  it('work that is too large for the log as well ends the slot with words that the run understands', async () => {
    oneTask(
      world,
      { run: script('head -c 5000000 /dev/urandom | base64 > b.txt') },
      { limits: { file_kilobytes: 20_000 } },
    )
    world.fails.storage = 'Artifact storage quota has been hit.'
    await expect(world.passTime(world.run(), 16)).rejects.toThrow(
      'not handed over: Artifact storage quota has been hit.',
    )
  })
})
