import { moment } from '../../../render/markdown/format.ts'
import { html } from '../../../render/page/html.ts'
import { commitAt, EMPTY_TREE } from '../../git/commits.ts'
import { orNotFound } from '../../mutations/find.ts'
import { notFound } from '../../refusal.ts'
import { type PageContext, repoPath } from '../context.ts'
import type { View } from '../layout.ts'
import { rawFile } from '../raw.ts'
import { diffHtml } from './diff.ts'
import { block } from './task.ts'
import { checkList } from './threads.ts'

const MOST_BYTES = 500_000

/** A commit with what it changed against its first parent. */
export async function commitView({ world }: PageContext, name: string): Promise<View> {
  const commit = orNotFound(/^[0-9a-f]{7,40}$/.test(name) ? await commitAt(world.git, name) : null)
  const [subject = '', ...rest] = commit.message.split('\n')
  const checks = world.store.doc.checks.filter(({ headSha }) => headSha === commit.sha)
  const diff = await diffHtml(world, commit.parents[0] ?? EMPTY_TREE, commit.sha)
  return {
    title: subject,
    trail: [[`Commit ${commit.sha.slice(0, 8)}`, `${repoPath(world)}/commit/${commit.sha}`]],
    now: '',
    parts: [
      {
        id: 'head',
        html: html`<h1>${subject}</h1><p class="lead">${commit.author.name}, ${moment(commit.author.date)} · <code>${commit.sha}</code></p>${rest.join('').trim() !== '' && html`<pre tabindex="0">${rest.join('\n').trim()}</pre>`}`,
      },
      { id: 'checks', html: checkList(world, checks) },
      { id: 'diff', html: html`<h2>Diff</h2>${diff}` },
    ],
  }
}

/** What changed from where one branch or commit left the other: `BASE...HEAD`. */
export async function compareView({ world }: PageContext, range: string): Promise<View> {
  const [base = '', head = ''] = range.split('...')
  const [from, to] = [orNotFound(await commitNamed(world, base)), orNotFound(await commitNamed(world, head))]
  const diff = await diffHtml(world, (await world.git.mergeBase(from, to)) ?? from, to)
  return {
    title: range,
    trail: [[range, `${repoPath(world)}/compare/${encodeURI(range)}`]],
    now: '',
    parts: [{ id: 'diff', html: html`<h1>${range}</h1>${diff}` }],
  }
}

const commitNamed = async ({ git }: PageContext['world'], name: string): Promise<string | null> =>
  (await git.commitOf(`refs/heads/${name}`)) ?? (/^[0-9a-f]{40}$/.test(name) ? git.commitOf(name) : null)

/** A file or a folder at a branch or commit. `place`: the ref, which may hold slashes, and the path. */
export async function fileView({ world }: PageContext, kind: 'blob' | 'tree', place: string): Promise<View> {
  const { ref, sha, path } = orNotFound(await splitPlace(world, place))
  const name = path === '' ? ref : path
  const read = kind === 'blob' ? await world.git.head(['cat-file', 'blob', `${sha}:${path}`], MOST_BYTES) : null
  if (read !== null && read.code !== 0) throw notFound()
  const listed = read === null ? await namesIn(world, `${sha}:${path}`) : []
  const whole = html`<a href="${rawFile(sha, path)}">the whole file</a>`
  return {
    title: name,
    trail: [[`${name} at ${ref}`, `${repoPath(world)}/${kind}/${encodeURI(place)}`]],
    now: '',
    parts: [
      { id: 'head', html: html`<h1>${name}</h1><p class="lead">at <code>${ref}</code></p>` },
      {
        id: 'file',
        html:
          read === null
            ? html`<ul>${listed.map((entry) => html`<li><code>${entry}</code></li>`)}</ul>`
            : read.stdout.subarray(0, 8000).includes(0)
              ? html`<p>A binary file: ${whole}</p>`
              : html`${read.isCut && html`<p class="lead">The beginning of a long file: ${whole}</p>`}${block('file-text', name, read.stdout.toString('utf8'))}`,
      },
    ],
  }
}

async function namesIn({ git }: PageContext['world'], tree: string): Promise<string[]> {
  const listed = await git.run(['ls-tree', '-z', '--name-only', tree])
  if (listed.code !== 0) throw notFound()
  return listed.stdout
    .toString('utf8')
    .split('\0')
    .filter((name) => name !== '')
}

/** The longest beginning that names a branch or a commit. */
async function splitPlace(world: PageContext['world'], place: string) {
  const words = place.split('/')
  for (let count = words.length; count > 0; count -= 1) {
    const ref = words.slice(0, count).join('/')
    const sha = await commitNamed(world, ref)
    if (sha !== null) return { ref, sha, path: words.slice(count).join('/') }
  }
  return null
}
