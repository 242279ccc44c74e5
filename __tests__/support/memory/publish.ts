import type { Located, Projection, Published } from '../../../src/ports/forge.ts'
import { LIMITS } from '../../../src/render/markdown/fit.ts'
import { addComment, type MemoryGitHub, ownComment, SELF, threadIsThere } from './github.ts'

type Of<Kind extends Projection['kind']> = Extract<Projection, { kind: Kind }>
type Refusal = Extract<Published, { message: string }>['reason']

export function publish(github: MemoryGitHub, projections: readonly Projection[], lookFirst: boolean): Published[] {
  projections.forEach(checkLength)
  if (projections.length > 0) github.published += 1
  return projections.map((projection) => {
    const found = lookFirst && projection.located === null ? look(github, projection) : projection.located
    const outcome = show(github, projection, found)
    const { name } = projection
    return typeof outcome === 'string'
      ? { ok: false, name, reason: outcome, message: `${name} is refused: ${outcome}` }
      : { ok: true, name, located: outcome }
  })
}

function checkLength(projection: Projection): void {
  const [text, limit] = longest(projection)
  if (text.length > limit) throw new Error(`${projection.name} has ${text.length} characters, over ${limit}`)
}

function longest(projection: Projection): [string, number] {
  if (projection.kind === 'comment') return [withMarker(projection), LIMITS.comment]
  if (projection.kind === 'pull') return [projection.body, LIMITS.pull]
  if (projection.kind !== 'check') return ['', 0]
  const { summary, text } = projection
  return [summary.length > text.length ? summary : text, LIMITS.check]
}

function look(github: MemoryGitHub, projection: Projection): Located | null {
  if (projection.kind === 'comment') return ownComment(github, projection.thread, projection.marker)
  if (projection.kind === 'pull') return pullBetween(github, projection)
  if (projection.kind !== 'check') return projection.located
  const { sha, label, externalId } = projection
  const found = github.checks.find((one) => one.sha === sha && one.label === label && one.externalId === externalId)
  return found === undefined ? null : { number: found.id, node: `CR_${found.id}` }
}

function pullBetween({ pulls }: MemoryGitHub, { head, base }: Of<'pull'>): Located | null {
  const same = pulls.filter((pull) => pull.headBranch === head && pull.base === base)
  const found = same.find(({ state }) => state === 'open') ?? same.at(-1)
  return found === undefined ? null : { number: found.number, node: found.node }
}

function show(github: MemoryGitHub, projection: Projection, located: Located | null): Located | Refusal {
  switch (projection.kind) {
    case 'check':
      return showCheck(github, projection, located)
    case 'comment':
      return showComment(github, projection, located)
    case 'pull':
      return located === null ? openPull(github, projection) : changePull(github, located, projection)
    case 'close-pull':
      return changePull(github, projection.located, { state: 'closed' })
    case 'resolve-thread':
      github.resolved.add(projection.located.node)
      return projection.located
    case 'ready-pull':
      return changePull(github, projection.located, { draft: false })
  }
}

function showCheck(github: MemoryGitHub, check: Of<'check'>, located: Located | null): Located | Refusal {
  const { sha, label, externalId, state, title, summary, text } = check
  const content = { sha, label, externalId, state, title, summary, text }
  if (located === null) {
    const id = github.nextId()
    github.checks.push({ id, ...content })
    return { number: id, node: `CR_${id}` }
  }
  const known = github.checks.find(({ id }) => `CR_${id}` === located.node)
  if (known === undefined) return 'gone'
  Object.assign(known, { ...content, sha: known.sha })
  return located
}

const withMarker = ({ marker, body }: Of<'comment'>): string =>
  body.split('\n', 1)[0] === marker ? body : `${marker}\n${body}`

function showComment(github: MemoryGitHub, comment: Of<'comment'>, located: Located | null): Located | Refusal {
  const body = withMarker(comment)
  if (located === null) {
    return threadIsThere(github, comment.thread) ? addComment(github, SELF, comment.thread, body) : 'gone'
  }
  const known = github.comments.find(({ id }) => `IC_${id}` === located.node)
  if (known === undefined) return showComment(github, comment, null)
  known.body = body
  return located
}

function openPull(github: MemoryGitHub, wanted: Of<'pull'>): Located | Refusal {
  const { head, base, title, body, draft } = wanted
  if (github.given.pullsPermitted === false) return 'not-permitted'
  if (place(github, head) <= place(github, base)) return 'nothing-to-compare'
  const open = github.pulls.find((pull) => pull.state === 'open' && pull.headBranch === head && pull.base === base)
  if (open !== undefined) return { number: open.number, node: open.node }
  const number = github.nextId()
  const node = `PR_${number}`
  github.pulls.push({
    number,
    node,
    headBranch: head,
    head: '1'.repeat(40),
    base,
    title,
    body,
    draft,
    state: 'open',
    merged: false,
  })
  return { number, node }
}

/** The branches that were given stand in order; the default branch is behind all of them. */
function place({ branches, given }: MemoryGitHub, branch: string): number {
  const at = branches.indexOf(branch)
  if (at === -1 && branch !== (given.defaultBranch ?? 'main')) throw new Error(`no branch ${branch} was given`)
  return at
}

function changePull(
  { pulls }: MemoryGitHub,
  located: Located,
  change: { state?: 'closed'; draft?: boolean; title?: string; body?: string },
): Located | Refusal {
  const known = pulls.find(({ node }) => node === located.node)
  if (known === undefined) return 'gone'
  known.state = change.state ?? known.state
  known.title = change.title ?? known.title
  known.body = change.body ?? known.body
  if (change.draft === false) known.draft = false
  return located
}
