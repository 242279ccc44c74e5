import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { findPlace, hubRepository } from '../../../src/cli/up/place.ts'
import { pushOf } from '../../../src/cli/up/push-result.ts'
import { isTaken } from '../../../src/cli/up/take-result.ts'
import { fieldsOf, visit, writeJournal } from '../../hub/pages/browser.ts'
import { testHub } from '../../hub/support/hub.ts'
import { createCheckout, git, remoteGit, removeFolder, temporary } from '../../hub/support/repository.ts'
import { approved, done, history, proposed, requested } from '../../render/support/runs.ts'
import { planOf } from '../../support/plan.ts'

/** The hub of a checkout, with a run that is done, as a person sees it who has opened the link. */
async function doneRun(seconds?: number) {
  const [checkout, folder] = [createCheckout({ 'README.md': '# Demo\n' }), temporary('up-state')]
  onTestFinished(() => [checkout, folder].forEach(removeFolder))
  const env = { PATH: process.env.PATH, HOME: folder, XDG_STATE_HOME: folder, GIT_CONFIG_NOSYSTEM: '1' }
  const place = await findPlace({ cwd: checkout, env })
  const hub = await testHub({
    repo: place.top,
    dataDir: join(place.dataDir, 'hub'),
    takeResult: async () => ({ branch: 'never', commit: 'asked' }),
    hasResult: (commit) => isTaken(place, commit),
    pushOf: (run, commit) => pushOf(place, run, commit, seconds),
  })
  await hub.as('writer').issues.create({ owner: 'octo', repo: 'demo', title: 'Cents get lost' })
  const tip = trunkOn(hubRepository(place), git(checkout, 'rev-parse', 'main'), 'First')
  const begun = [requested(1), proposed(planOf('a')), approved(), ...done('a').slice(0, -1)]
  const moved = { type: 'trunk_moved', task: 'a', sha: tip } as const
  writeJournal(hub, '1', history(...begun, moved, { type: 'run_finished', sha: tip }))
  const visitor = await visit(hub)
  const show = async () => (await visitor.get('/runs/1')).text
  const press = async (page: string, button = 'Push to origin') => {
    const answer = await visitor.post('/runs/1/push', fieldsOf(page, button))
    return answer.status === 303 ? (await visitor.get(`${answer.headers.location}`)).text : answer.text
  }
  const command = `git push origin ${tip}:refs/heads/tributary/1`
  return { hub, checkout, folder, tip, command, visitor, show, press }
}

function trunkOn(gitDir: string, base: string, message: string): string {
  const tip = git(gitDir, 'commit-tree', `${base}^{tree}`, '-p', base, '-m', message)
  git(gitDir, 'update-ref', 'refs/heads/tributary/1/trunk', tip)
  return tip
}

/** A bare repository as a remote of the checkout. */
function withRemote({ checkout, folder }: { checkout: string; folder: string }, name = 'origin'): string {
  const bare = join(folder, `${name}.git`)
  git(folder, 'init', '-q', '--bare', bare)
  git(checkout, 'remote', 'add', name, bare)
  return bare
}

const branchesOf = (folder: string) => git(folder, 'for-each-ref', '--format=%(refname) %(objectname)')

function program(path: string, text: string): void {
  writeFileSync(path, `#!/bin/sh\n${text}\n`)
  chmodSync(path, 0o755)
}

describe('the result of a run, pushed from its page', () => {
  it('is offered only with a remote, and becomes a branch there by the command that is shown, and nothing else', async () => {
    const run = await doneRun()
    expect(await run.show()).not.toContain('Push to')
    const bare = withRemote(run)
    git(run.checkout, 'tag', '-a', '-m', 'A tag', 'v1')
    git(run.checkout, 'config', 'push.followTags', 'true')
    const before = branchesOf(run.checkout)
    const page = await run.show()
    expect(page).toContain(`runs <code>${run.command}</code> in your repository, with your git`)
    const after = await run.press(page)
    expect(after).toContain('<code>origin</code> has the branch <code>tributary/1</code> now.')
    expect(after).not.toContain('<h2>Needs you</h2>')
    expect(branchesOf(bare)).toBe(`refs/heads/tributary/1 ${run.tip}`)
    expect(branchesOf(run.checkout)).toBe(
      [...before.split('\n'), `refs/remotes/origin/tributary/1 ${run.tip}`].toSorted().join('\n'),
    )
    expect(git(run.checkout, 'status', '--porcelain', '--branch')).toBe('## main')
  })

  it('goes to the remote to which the person pushes', async () => {
    const run = await doneRun()
    withRemote(run)
    const mine = withRemote(run, 'mine')
    git(run.checkout, 'config', 'remote.pushDefault', 'mine')
    await run.press(await run.show(), 'Push to mine')
    expect(branchesOf(mine)).toBe(`refs/heads/tributary/1 ${run.tip}`)
  })

  it('overwrites nothing: of a branch with other commits, git is shown to refuse, with what to type instead', async () => {
    const run = await doneRun()
    const bare = withRemote(run)
    const other = git(run.checkout, 'commit-tree', 'HEAD^{tree}', '-m', 'Other')
    git(run.checkout, 'push', '-q', 'origin', `${other}:refs/heads/tributary/1`)
    const after = await run.press(await run.show())
    expect(after).toContain('<strong>Nothing was pushed.</strong>')
    expect(after).toContain('[rejected]')
    expect(after).toContain(`<code>git push origin ${run.tip}:refs/heads/NAME</code>`)
    expect(after).toContain('<h2>Needs you</h2>')
    expect(branchesOf(bare)).toBe(`refs/heads/tributary/1 ${other}`)
    git(bare, 'update-ref', '-d', 'refs/heads/tributary/1')
    git(bare, 'update-ref', 'refs/heads/tributary/1/trunk', other)
    expect(await run.press(await run.show())).toContain(':refs/heads/NAME</code>')
  })

  it('logs in as the person has configured, asks for nothing, and shows no password', async () => {
    const run = await doneRun()
    const theirs = await testHub({ settings: { private: true } })
    const url = (...words: string[]) => remoteGit(run.checkout, 'remote', ...words)
    await url('add', 'origin', theirs.git.replace('://', '://ada@'))
    const refused = await run.press(await run.show())
    expect(refused).toContain('terminal prompts disabled')
    expect(refused).toContain(`in a terminal, where git can ask you: <code>${run.command}</code>`)
    await url('set-url', 'origin', theirs.git.replace('://', '://ada:pass-word@'))
    expect(await run.press(await run.show())).not.toContain('pass-word')
    await url('set-url', 'origin', theirs.git)
    const helper = join(run.folder, 'helper')
    program(helper, `echo username=x; echo password=${theirs.tokens.writer}`)
    git(run.checkout, 'config', 'credential.helper', helper)
    expect(await run.press(await run.show())).toContain('has the branch')
    expect(git(join(theirs.dataDir, 'repository.git'), 'rev-parse', 'tributary/1')).toBe(run.tip)
  })

  it('ends a push that hangs, with all that it started', async () => {
    const run = await doneRun(0.5)
    withRemote(run)
    const hooks = join(run.checkout, '.git', 'hooks')
    mkdirSync(hooks, { recursive: true })
    program(join(hooks, 'pre-push'), 'echo The hook runs >&2; sleep 600')
    const after = await run.press(await run.show())
    expect(after).toContain('The hook runs')
    expect(after).toContain('It took longer than 0.5 seconds, and was ended.')
  })

  it('is refused if the page is older than the result, or comes from elsewhere', async () => {
    const run = await doneRun()
    const bare = withRemote(run)
    const fields = fieldsOf(await run.show(), 'Push to origin')
    const old = await run.visitor.post('/runs/1/push', [['command', run.command.replace(run.tip, 'f'.repeat(40))]])
    expect([old.status, old.text]).toEqual([409, expect.stringContaining('has changed since that page was shown')])
    const forged = fields.map(([name, value]) => [name, name === 'csrf' ? 'guessed' : value] as const)
    expect((await run.visitor.post('/runs/1/push', forged)).status).toBe(403)
    const elsewhere = await run.visitor.post('/runs/1/push', fields, { origin: 'http://evil.example' })
    expect(elsewhere.status).toBe(403)
    expect(branchesOf(bare)).toBe('')
  })
})
