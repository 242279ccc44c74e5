import { rm } from 'node:fs/promises'
import type { GitPlace } from './place.ts'
import { runGit } from './plumbing.ts'

type Checkout = GitPlace & { workTree: string }

/** Files and, with a `/` behind them, folders that git ignores. A byte is a character: a name need not be UTF-8. */
export type IgnoredEntries = ReadonlySet<string>

const SECONDS = 600
const MEBIBYTE = 1024 * 1024
const LIST = ['ls-files', '--others', '--ignored', '--exclude-standard', '-z']

/** A folder that is ignored as a whole is one entry, however much is in it. */
export const ignoredEntries = async (place: Checkout): Promise<IgnoredEntries> =>
  new Set(await listed(place, ['--directory']))

/** Removes what is neither in the index nor among the entries that are kept, empty folders and repositories inside too. */
export async function removeUntracked(place: Checkout, kept: IgnoredEntries): Promise<void> {
  await runGit(place, ['clean', '--quiet', '-ffd'], { seconds: SECONDS })
  const around = new Set([...kept].flatMap(foldersAround))
  const isKept = (entry: string) => kept.has(entry) || foldersAround(entry).some((folder) => kept.has(folder))
  for (const entry of await ignoredEntries(place)) {
    if (isKept(entry)) continue
    // A folder that has come to be ignored around something that is kept.
    const inside = around.has(entry) ? await listed(place, ['--', Buffer.from(entry, 'latin1').toString()]) : [entry]
    for (const one of inside) if (!isKept(one)) await remove(place, one)
  }
}

/** `a/b/c` lies in `a/` and `a/b/`. */
const foldersAround = (entry: string): string[] =>
  [...entry.slice(0, -1).matchAll(/\//g)].map(({ index }) => entry.slice(0, index + 1))

/** Without the `/` of a folder: a link that has its name meanwhile is removed, not followed. */
const remove = ({ workTree }: Checkout, entry: string): Promise<void> =>
  rm(Buffer.concat([Buffer.from(`${workTree}/`), Buffer.from(entry.replace(/\/$/, ''), 'latin1')]), {
    recursive: true,
    force: true,
  })

async function listed(place: Checkout, more: readonly string[]): Promise<string[]> {
  const options = { env: { GIT_LITERAL_PATHSPECS: '1' }, seconds: SECONDS, maxBytes: 256 * MEBIBYTE }
  const { stdout } = await runGit(place, [...LIST, ...more], options)
  return stdout
    .toString('latin1')
    .split('\0')
    .filter((entry) => entry !== '')
}

const [IGNORED, OUT_OF_REACH] = [0, 128]

/** Whether git leaves out a file of that name; not, where it is in the index. A path behind a link is nobody's. */
export async function isIgnored(place: GitPlace, path: string): Promise<boolean> {
  if (path.includes('\0')) return false
  const options = { input: `${path}\0`, codes: [IGNORED, 1, OUT_OF_REACH], seconds: 20 }
  return (await runGit(place, ['check-ignore', '--quiet', '-z', '--stdin'], options)).code === IGNORED
}
