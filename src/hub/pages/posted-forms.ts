import type { RunId } from '../../core/ids.ts'
import type { LiveRun } from '../../core/run/state.ts'
import { html } from '../../render/page/html.ts'
import type { Actor } from '../access/actor.ts'
import { person } from '../access/people.ts'
import { createComment } from '../mutations/comments.ts'
import { findIssue, findPull } from '../mutations/find.ts'
import { createIssue } from '../mutations/issues.ts'
import { mergePull } from '../mutations/merge.ts'
import { Refusal } from '../refusal.ts'
import { needLive } from '../rest/middleware.ts'
import type { World } from '../world.ts'
import { commentOfForm, field } from './actions/command-text.ts'
import { type PageContext, runPath, type TakeResult } from './context.ts'
import type { Notes } from './notes.ts'
import { pushFor } from './result-push.ts'
import { type PageCall, refusePage } from './session/signed-in.ts'

/** Pages act for the person who started the hub. */
const PERSON: Actor = { kind: 'person', person: person('admin') }

/** Posts the comment that the form stands for, and goes back to its page. */
export async function postComment(world: World, notes: Notes, call: PageCall): Promise<Response> {
  needLive(world)
  const { form } = call.var
  const text = commentOfForm(form)
  if (!text.ok) return refusePage(call, 400, text.words)
  const issue = findIssue(world, Number(field(form, 'thread')))
  const comment = await createComment(world, PERSON, issue, text.body)
  const [line = ''] = text.body.split('\n')
  const note = notes.add(
    html`<p>Posted on #${issue.number}: <a href="#issuecomment-${comment.id}"><code>${line.slice(0, 200)}</code></a></p>`,
  )
  return call.redirect(`${ownPath(field(form, 'back'))}?note=${note}`, 303)
}

/** A path of these pages: never an address elsewhere. */
const ownPath = (path: string): string => (/^\/(?!\/)[\w./-]*$/.test(path) ? path : '/')

/** Opens an issue and asks for its plan. */
export async function openIssue(world: World, call: PageCall): Promise<Response> {
  needLive(world)
  const { form } = call.var
  const issue = await createIssue(world, PERSON, {
    title: field(form, 'title').trim(),
    body: field(form, 'body'),
    labels: [],
  })
  await createComment(world, PERSON, issue, '/plan')
  return call.redirect(runPath(`${issue.number}`), 303)
}

/** The merge button, for the head that the page showed. */
export async function mergeIt(world: World, notes: Notes, call: PageCall): Promise<Response> {
  needLive(world)
  const { form } = call.var
  const issue = findPull(world, Number(call.req.param('number')))
  const options = { method: 'merge', title: undefined, message: undefined, sha: field(form, 'sha') } as const
  const commit = await world.inTurn(() => mergePull(world, PERSON, issue, options))
  const note = notes.add(
    html`<p>Pull request #${issue.number} is merged into <code>${issue.pull.base}</code>, with commit <code>${commit.slice(0, 8)}</code>.</p>`,
  )
  return call.redirect(`${ownPath(field(form, 'back'))}?note=${note}`, 303)
}

/** Fetches the result of a run into the person's repository, and says what came there. */
export async function takeIt(
  take: TakeResult | undefined,
  notes: Notes,
  run: RunId,
  call: PageCall,
): Promise<Response> {
  if (take === undefined) throw new Refusal(409, 'This hub does not know your repository')
  const { branch, commit } = await take(run)
  const note = notes.add(
    html`<p>Your repository has the branch <code>${branch}</code> now, at <code>${commit.slice(0, 8)}</code>. Look at it with <code>git diff HEAD...${branch}</code>, and take it over with <code>git merge ${branch}</code>.</p>`,
  )
  return call.redirect(`${runPath(run)}?note=${note}`, 303)
}

/** Pushes the result of a run by the command that the page showed, and says what git made of it. */
export async function pushIt(
  context: Pick<PageContext, 'pushOf'>,
  notes: Notes,
  state: LiveRun,
  call: PageCall,
): Promise<Response> {
  const push = await pushFor(context, state)
  if (push === null || push.command !== field(call.var.form, 'command'))
    throw new Refusal(409, 'The result, or your remote, has changed since that page was shown')
  const pushed = await push.run()
  const note = notes.add(
    pushed.ok
      ? html`<p><code>${push.remote}</code> has the branch <code>${push.branch}</code> now. Nothing else was pushed.</p>`
      : html`<p><strong>Nothing was pushed.</strong> git said:</p><pre tabindex="0">${pushed.words}</pre><p>${pushed.next} <code>${pushed.command}</code></p>`,
  )
  return call.redirect(`${runPath(state.run)}?note=${note}`, 303)
}
