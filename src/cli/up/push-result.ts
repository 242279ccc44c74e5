import type { RunId, Sha } from '../../core/ids.ts'
import type { Push, PushOutcome } from '../../hub/pages/context.ts'
import { startProcess } from '../../hub/runner/process/process.ts'
import { git } from '../repository.ts'
import { shellQuoted } from '../started-as.ts'
import { gitInCheckout, gitVariables } from './checkout-git.ts'
import { hubRepository, type Place } from './place.ts'
import { NOTHING_ELSE, resultBranch } from './take-result.ts'

/** A hook of the person may run tests before a push. */
const MOST_SECONDS = 300
const MOST_WORDS = 4000

/** What pushes a result to the person's remote as a new branch, or moves it forward there; null without a remote. */
export async function pushOf(place: Place, run: RunId, commit: Sha, seconds = MOST_SECONDS): Promise<Push | null> {
  const remote = await remoteOf(place)
  if (remote === null) return null
  const branch = resultBranch(run)
  const commandTo = (name: string) => `git push ${shellQuoted(remote)} ${commit}:refs/heads/${name}`
  const execute = async (): Promise<PushOutcome> => {
    // Only the objects: here the person has asked for no branch.
    const words = ['fetch', ...NOTHING_ELSE, hubRepository(place), commit]
    const fetched = await gitInCheckout(place, words, { 'safe.directory': '*' })
    const pushed = fetched.ok ? await push(place, [remote, `${commit}:refs/heads/${branch}`], seconds) : fetched
    return pushed.ok ? { ok: true } : notPushed(pushed.words, branch, commandTo)
  }
  return { remote, branch, command: commandTo(branch), run: execute }
}

/** The remote to which git would push a new branch, or the only one. */
async function remoteOf({ top }: Place): Promise<string | null> {
  const names = ((await git(top, 'remote')) ?? '').split('\n').filter((name) => name !== '')
  const [only, ...others] = names
  const wanted = [await git(top, 'config', '--get', 'remote.pushDefault'), 'origin', others.length === 0 ? only : null]
  return wanted.find((name) => name != null && names.includes(name)) ?? null
}

/** Not the tags, nor the submodules, that the person's configuration may add. */
const ONLY_THAT = { 'push.followTags': 'false', 'push.recurseSubmodules': 'no' }
/** It has no terminal, as the head of a session of its own, and opens no window. */
const ASKS_NOTHING = { GIT_ASKPASS: '', SSH_ASKPASS_REQUIRE: 'never', GCM_INTERACTIVE: 'never' }

/** By the person's git, with what they have configured to log in. */
async function push({ top, env }: Place, words: readonly string[], seconds: number) {
  const lines: string[] = []
  const request = {
    command: 'git',
    args: ['push', ...words],
    cwd: top,
    env: { ...gitVariables(env, ONLY_THAT), ...ASKS_NOTHING },
    onLine: (line: string) => void lines.push(line),
  }
  const running = startProcess(request, { interruptMs: 0, terminateMs: 0 })
  const timer = setTimeout(() => {
    lines.push(`It took longer than ${seconds} seconds, and was ended.`)
    running.kill()
  }, seconds * 1000)
  const { code } = await running.done
  clearTimeout(timer)
  return { ok: code === 0, words: lines.join('\n') }
}

/** With what to do about it. An address may hold a password. */
function notPushed(words: string, branch: string, commandTo: (name: string) => string): PushOutcome {
  const [next, name] = /\[rejected\]|cannot lock ref/.test(words)
    ? [
        'A branch of that name, or one that excludes it, is there, and nothing is overwritten. Under another name:',
        'NAME',
      ]
    : ['Put right what it says, or run it in a terminal, where git can ask you:', branch]
  return { ok: false, words: withoutLogins(words).slice(-MOST_WORDS), next, command: commandTo(name) }
}

const withoutLogins = (words: string): string => words.replaceAll(/:\/\/[^/@\s]+@/g, '://')
