import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunId, Sha } from '../../../core/ids.ts'
import { parseState, type RunState, workOf } from '../../../core/run/state.ts'
import { canonical } from '../../../core/text/digest.ts'
import { checkedSha } from '../local-repo.ts'
import { contentOf, writeBlob, writeRef, writeTree } from '../objects.ts'
import { missingCommits } from '../remote/fetch.ts'
import { fetchPack } from '../remote/fetch-pack.ts'
import { fetchInto, type GitStore, oneAtATime } from '../store.ts'

const STATE = 'state.json'
const PLAN = 'plan.json'
const STATE_BYTES = 64 * 1024 * 1024

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** Writes the tree of a journal commit: the state after it, and the plan as a separate file for people who use plain git. */
export async function writeSnapshot({ repo }: GitStore, state: RunState): Promise<Sha> {
  const plan = workOf(state)?.plan
  const files = [
    { path: STATE, text: json(state) },
    ...(plan === undefined ? [] : [{ path: PLAN, text: `${canonical(plan)}\n` }]),
  ]
  const written = await Promise.all(files.map(async ({ path, text }) => ({ path, sha: await writeBlob(repo, text) })))
  return writeTree(repo, written)
}

export async function readSnapshot({ repo }: GitStore, tip: Sha): Promise<RunState> {
  const [file] = await contentOf(repo, [`${checkedSha(tip)}:${STATE}`], STATE_BYTES)
  if (file?.type !== 'blob') throw new Error(`journal commit ${tip} holds no ${STATE}`)
  try {
    return parseState(file.content.toString('utf8'))
  } catch (cause) {
    throw new Error(`journal commit ${tip} holds no state that can be read`, { cause })
  }
}

const localRef = (run: RunId): string => `refs/journal/${run}`

/** Fetches a journal's tip: with depth 1 the first time, later with every commit since, so that git can compare them. */
export async function fetchJournal(store: GitStore, run: RunId, tip: Sha): Promise<void> {
  if ((await missingCommits(store, [tip])).length === 0) return
  const known = await readFile(join(store.repo.gitDir, localRef(run)), 'utf8').catch(() => null)
  const wanted = {
    objects: [tip],
    haves: known === null ? [] : [known.trim()],
    depth: known === null ? (1 as const) : null,
  }
  if (await fetchPack(store, wanted)) return void (await remember(store, run, tip))
  await fetchInto(store, known === null ? ['--depth=1'] : [], [`+${checkedSha(tip)}:${localRef(run)}`])
}

/** Fetches the journal as far back as this store may read: whole if nothing of it was fetched before. */
export const fetchFullJournal = async (store: GitStore, run: RunId, tip: Sha): Promise<unknown> =>
  fetchInto(store, [], [`+${checkedSha(tip)}:${localRef(run)}`])

export const remember = (store: GitStore, run: RunId, tip: Sha): Promise<unknown> =>
  oneAtATime(store.repo.gitDir, () => writeRef(store.repo, localRef(run), tip))
