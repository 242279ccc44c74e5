import type { Repository } from './repository.ts'

/** A commit without a parent is compared with it. */
export const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'

export interface Signature {
  name: string
  email: string
  date: string
}

export interface HubCommit {
  sha: string
  tree: string
  parents: string[]
  author: Signature
  committer: Signature
  message: string
}

const FORMAT = ['%H', '%T', '%P', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', '%B'].join('%x1f')

export async function readCommits(git: Repository, range: readonly string[]): Promise<HubCommit[]> {
  const answer = await git.run(['log', `--format=%x1e${FORMAT}`, ...range, '--'])
  if (answer.code !== 0) return []
  return answer.stdout
    .toString('utf8')
    .split('\x1e')
    .slice(1)
    .map((record) => parseCommit(record.split('\x1f')))
}

export async function commitAt(git: Repository, name: string): Promise<HubCommit | null> {
  const sha = await git.commitOf(name)
  if (sha === null) return null
  const [commit] = await readCommits(git, ['-1', sha])
  return commit ?? null
}

function parseCommit(fields: readonly string[]): HubCommit {
  const [sha = '', tree = '', parents = '', an = '', ae = '', ad = '', cn = '', ce = '', cd = '', message = ''] = fields
  return {
    sha,
    tree,
    parents: parents === '' ? [] : parents.split(' '),
    author: { name: an, email: ae, date: utc(ad) },
    committer: { name: cn, email: ce, date: utc(cd) },
    message: message.trimEnd(),
  }
}

const utc = (date: string): string => new Date(date).toISOString().replace('.000Z', 'Z')
