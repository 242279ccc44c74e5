import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { filesHere } from './repository.ts'
import type { Person, World } from './world.ts'

const run = promisify(execFile)

/** A person's push to the default branch, through the hub as on GitHub. It must not block: the hub answers from this process. */
export async function pushFiles(world: World, files: Readonly<Record<string, string>>, person: Person = 'admin') {
  const folder = join(world.folder, 'checkout')
  const url = world.hub.git.replace('://', `://x:${world.hub.tokens[person]}@`)
  const git = (...args: string[]) =>
    run('git', ['-C', folder, '-c', `user.name=${person}`, '-c', `user.email=${person}@example.org`, ...args])
  await git('fetch', '--quiet', url, 'main')
  await git('reset', '--quiet', '--hard', 'FETCH_HEAD')
  for (const [path, text] of Object.entries(filesHere(files))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  await git('add', '--all')
  await git('commit', '--quiet', '--message', 'A change by a person')
  await git('push', '--quiet', url, 'HEAD:main')
}

/**
 * A comment by a bot that is an App of its own, with the event as GitHub sends it. The hub knows no such bot, and comments of
 * its own one start nothing; so a person's comment is delivered under a bot's name.
 */
export async function sayAsBot(world: World, thread: number, body: string): Promise<{ id: number; answer: string }> {
  await world.fault({ kind: 'drop-event', event: 'issue_comment' })
  const id = await world.comment(thread, body)
  const [{ data: comment }, { data: issue }] = await Promise.all([
    world.admin.rest.issues.getComment({ ...world.at, comment_id: id }),
    world.admin.rest.issues.get({ ...world.at, issue_number: thread }),
  ])
  const sender = { ...comment.user, login: 'admin[bot]', type: 'Bot' }
  const payload = { action: 'created', comment: { ...comment, user: sender }, issue, sender }
  await world.hub.runner.deliver({ name: 'issue_comment', payload, actor: sender.login })
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
    headers: { 'content-type': 'application/json' },
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
