import type { RefUpdate } from '../../../ports/journal.ts'
import { withinSeconds } from '../../system/time-limit.ts'
import { type GitRemote, protocolOf } from '../local-repo.ts'
import { runGit } from '../plumbing.ts'
import { commitsOnRemote, type GitStore } from '../store.ts'
import { withFiles } from './absent-files.ts'
import { missingCommits } from './fetch.ts'
import { authorization, packet, packetsIn } from './protocol.ts'
import { type NetworkAnswer, redacted, SECONDS } from './remote.ts'

/**
 * Pushes with one request and one process, where `git push` takes two and five, and first receives a list of all refs. The
 * remote compares each ref with its old commit, and moves all or none. Answers as `git push --porcelain` does. Null: nothing
 * was done, and git has to be run. Throws if the effect is unknown.
 */
export async function pushPack(store: GitStore, updates: readonly RefUpdate[]): Promise<NetworkAnswer | null> {
  const { remote, network } = store
  if (protocolOf(remote.url) === 'file' || !(await canBeAsked(remote))) return null
  const pack = await packOf(store, updates)
  if (pack === null) return null
  const { seconds = SECONDS, signal } = network
  const body = Buffer.concat([Buffer.from(commandsOf(updates)), pack])
  const answer = await withinSeconds(seconds, signal, (limit) => send(remote, body, limit))
  const read = answer === null ? null : readAnswer(answer, updates)
  return read === null ? null : { ...read, stderr: redacted(read.stderr, remote) }
}

/** Null if the remote wants nothing of this, so that git has to say why. */
async function send(remote: GitRemote, body: Buffer, signal: AbortSignal): Promise<Buffer | null> {
  const headers = { ...HEADERS, ...authorization(remote) }
  const address = `${remote.url}/git-receive-pack`
  const answer = await fetch(address, { method: 'POST', headers, body, redirect: 'manual', signal })
  if (answer.status >= 300 && answer.status < 500) return null
  if (!answer.ok) throw new Error(`the remote answered with ${answer.status}`)
  return Buffer.from(await answer.arrayBuffer())
}

const HEADERS = {
  'Content-Type': 'application/x-git-receive-pack-request',
  Accept: 'application/x-git-receive-pack-result',
  'User-Agent': 'git/tributary',
}

const CAPABILITIES = ['report-status', 'side-band-64k', 'atomic', 'delete-refs', 'ofs-delta']
const SENT = 'report-status side-band-64k atomic object-format=sha1 agent=git/tributary'
const NONE = '0'.repeat(40)

function commandsOf(updates: readonly RefUpdate[]): string {
  const lines = updates.map(({ ref, from, to }) => `${from ?? NONE} ${to ?? NONE} ${ref}`)
  return `${lines.map((line, index) => packet(index === 0 ? `${line}\0 ${SENT}` : line)).join('')}0000`
}

const LOOK_MS = 10_000
const asked = new Map<string, Promise<boolean>>()

/** Whether the remote can do what such a push needs: once for each address, of the first line of its answer. */
function canBeAsked(remote: GitRemote): Promise<boolean> {
  const known =
    asked.get(remote.url) ?? capabilitiesOf(remote).then((has) => CAPABILITIES.every((one) => has.includes(one)))
  asked.set(remote.url, known)
  void known.then((can) => can || asked.delete(remote.url))
  return known
}

async function capabilitiesOf(remote: GitRemote): Promise<string[]> {
  try {
    const answer = await fetch(`${remote.url}/info/refs?service=git-receive-pack`, {
      headers: { 'User-Agent': HEADERS['User-Agent'], ...authorization(remote) },
      redirect: 'manual',
      signal: AbortSignal.timeout(LOOK_MS),
    })
    let text = ''
    // A repository may have a hundred thousand refs, of which none is needed.
    for await (const chunk of answer.ok ? (answer.body ?? []) : []) {
      text += Buffer.from(chunk).toString('latin1')
      const [, words] = /\0([^\n]*)\n/.exec(text) ?? []
      if (words !== undefined) return words.trim().split(' ')
    }
  } catch {
    // Git says what is wrong.
  }
  return []
}

/** A larger pack is git's to send, which holds no pack in memory. */
const MOST_BYTES = 16 * 1024 * 1024

/** What the remote lacks; null if that cannot be told, or is too much to be held in memory. */
async function packOf(store: GitStore, updates: readonly RefUpdate[]): Promise<Buffer | null> {
  const wanted = updates.flatMap(({ to }) => (to === null ? [] : [to]))
  if (wanted.length === 0) return Buffer.alloc(0)
  const olds = updates.flatMap(({ from }) => (from === null ? [] : [from]))
  const absent = await missingCommits(store, olds)
  const known = [...olds.filter((sha) => !absent.includes(sha)), ...commitsOnRemote(store.repo)]
  const args = ['pack-objects', '--revs', '--stdout', '--thin', '--delta-base-offset', '-q']
  const input = [...wanted, '--not', ...known, ''].join('\n')
  return withFiles(store.repo, () => runGit(store.repo, args, { input, maxBytes: MOST_BYTES })).then(
    ({ stdout }) => stdout,
    () => null,
  )
}

const [REPORT, PROGRESS] = [1, 2]
/** A remote that cleaned up meanwhile: git asks it first what it has. */
const LACKS = 'missing necessary objects'

function readAnswer(body: Buffer, updates: readonly RefUpdate[]): NetworkAnswer | null {
  const packets = packetsIn(body)
  const channel = (which: number) =>
    Buffer.concat((packets ?? []).filter(([first]) => first === which).map((one) => one.subarray(1)))
  const report = packetsIn(channel(REPORT))?.map((line) => line.toString('utf8').trim()) ?? []
  if (!report.some((line) => line.startsWith('unpack '))) throw new Error('the remote gave no report')
  const refused = updates.flatMap(({ ref, to }) => {
    if (report.includes(`ok ${ref}`)) return []
    const reason = report.find((line) => line.startsWith(`ng ${ref} `))?.slice(`ng ${ref} `.length)
    const said =
      reason === undefined ? '[remote failure] (remote failed to report status)' : `[remote rejected] (${reason})`
    return [`!\t${to ?? ''}:${ref}\t${said}`]
  })
  if (refused.some((line) => line.includes(LACKS))) return null
  const lines = channel(PROGRESS)
    .toString('utf8')
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '')
  return {
    code: refused.length === 0 ? 0 : 1,
    stdout: refused.join('\n'),
    stderr: lines.map((line) => `remote: ${line}`).join('\n'),
  }
}
