import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { filesHere } from './repository.ts'
import type { Person, World } from './world.ts'

const run = promisify(execFile)

/** A person's push to a branch, through the hub as on GitHub. It must not block: the hub answers from this process. */
export async function pushFiles(
  world: World,
  files: Readonly<Record<string, string>>,
  person: Person = 'admin',
  branch = 'main',
) {
  const folder = join(world.folder, 'checkout')
  const url = world.hub.git.replace('://', `://x:${world.hub.tokens[person]}@`)
  const git = (...args: string[]) =>
    run('git', ['-C', folder, '-c', `user.name=${person}`, '-c', `user.email=${person}@example.org`, ...args])
  await git('fetch', '--quiet', url, branch)
  await git('reset', '--quiet', '--hard', 'FETCH_HEAD')
  for (const [path, text] of Object.entries(filesHere(files))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  await git('add', '--all')
  await git('commit', '--quiet', '--message', 'A change by a person')
  await git('push', '--quiet', url, `HEAD:refs/heads/${branch}`)
}

/** A comment by a bot that is an App of its own. */
export const sayAsBot = (world: World, thread: number, body: string) =>
  sayAs(world, thread, body, (comment) => {
    const sender = { ...(comment.user as object), login: 'admin[bot]', type: 'Bot' }
    return { comment: { ...comment, user: sender }, sender }
  })

/** A comment that an App writes in the name of the admin, with a token that the admin gave it. */
export const sayThroughApp = (world: World, thread: number, body: string, slug: string) =>
  sayAs(world, thread, body, (comment) => ({
    comment: { ...comment, performed_via_github_app: { id: 1, slug, name: slug } },
    sender: comment.user as object,
  }))

/**
 * A comment with the event as GitHub sends it for authors that the hub does not know: what a person writes is delivered
 * with `change` made to it, since comments of the hub's own bot start nothing.
 */
async function sayAs(
  world: World,
  thread: number,
  body: string,
  change: (comment: Record<string, unknown>) => { comment: object; sender: object },
): Promise<{ id: number; answer: string }> {
  await world.fault({ kind: 'drop-event', event: 'issue_comment' })
  const id = await world.comment(thread, body)
  const [{ data: comment }, { data: issue }] = await Promise.all([
    world.admin.rest.issues.getComment({ ...world.at, comment_id: id }),
    world.admin.rest.issues.get({ ...world.at, issue_number: thread }),
  ])
  const changed = change({ ...comment })
  const actor = 'login' in changed.sender ? String(changed.sender.login) : 'admin'
  await world.hub.runner.deliver({ name: 'issue_comment', payload: { action: 'created', issue, ...changed }, actor })
  return { id, answer: await world.answer(thread, id) }
}

/** Who put eyes under a comment. */
export async function eyesOn(world: World, comment: number): Promise<string[]> {
  const { data } = await world.admin.rest.reactions.listForIssueComment({ ...world.at, comment_id: comment })
  return data.filter(({ content }) => content === 'eyes').map(({ user }) => user?.login ?? '')
}

/** The hub's own switches: what a repository's settings, or GitHub's plans, allow. */
export async function allow(world: World, settings: Readonly<Record<string, unknown>>): Promise<void> {
  const answer = await fetch(`${world.hub.url}/_hub/settings`, {
    method: 'POST',
    body: JSON.stringify(settings),
    headers: { 'content-type': 'application/json', authorization: `token ${world.hub.tokens.admin}` },
  })
  if (!answer.ok) throw new Error(`settings: ${answer.status} ${await answer.text()}`)
}

/** The one comment with this marker on a thread. */
export async function marked(world: World, thread: number, name: string, of: string): Promise<string | undefined> {
  const found = (await world.comments(thread)).filter(({ body }) =>
    body?.startsWith(`<!-- tributary:${name}:${of} -->`),
  )
  if (found.length > 1) throw new Error(`${found.length} comments ${name} of run ${of}`)
  return found[0]?.body
}
