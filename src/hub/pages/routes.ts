import { Hono } from 'hono'
import { type RunId, runIdSchema } from '../../core/ids.ts'
import { duration } from '../../render/markdown/format.ts'
import { SIGNS } from '../../render/page/graph-svg.ts'
import { type Html, html } from '../../render/page/html.ts'
import { isPlanned } from '../../render/plan/planned-run.ts'
import { signedUrl } from '../artifacts/blobs.ts'
import { notFound, Refusal } from '../refusal.ts'
import { routeIn } from '../rest/errors.ts'
import type { World } from '../world.ts'
import { LIVE_SCRIPT } from './assets/script.ts'
import { PAGES_STYLE } from './assets/style.ts'
import { type HasResult, type PushOf, repoPath, type TakeResult } from './context.ts'
import { createFrameReader } from './frames.ts'
import { githubPages } from './github-pages.ts'
import { createJournals, type RunView } from './journals.ts'
import { createLastLooks, seenIn } from './last-looks.ts'
import { liveDocument, SCRIPT_PATH, STYLE_PATH, type View } from './layout.ts'
import { streamView } from './live.ts'
import { createNotes } from './notes.ts'
import { rememberTaken } from './open-needs.ts'
import type { AddPage } from './page.ts'
import { mergeIt, openIssue, postComment, pushIt, takeIt } from './posted-forms.ts'
import { rawRoutes } from './raw.ts'
import { logIn } from './session/login.ts'
import type { LoginLinks } from './session/login-links.ts'
import { type PageCall, type PageEnv, refusePage, signedIn, withSafeHeaders } from './session/signed-in.ts'
import { createTranscripts } from './transcripts.ts'
import { eventsView, runView } from './views/run.ts'
import { runsView } from './views/runs.ts'
import { taskView } from './views/task.ts'
import { waitingView } from './views/waiting.ts'

/** What the hub knows of the repository of the person who started it. */
export interface Results {
  /** Fetches the result of a run into it, as a branch: a button on the page of the run. */
  takeResult?: TakeResult
  hasResult?: HasResult
  /** Pushes it from there to their remote: another button. */
  pushOf?: PushOf
}

/** The pages for people, and what their forms do. Addresses below `/OWNER/REPO` are those that GitHub has for the same. */
export function pageRoutes(world: World, links: LoginLinks, results: Results): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  const notes = createNotes()
  const [safe, entered] = [withSafeHeaders(), signedIn(world)]
  const { takeResult, hasResult = async () => false, pushOf = async () => null } = results
  const context = {
    world,
    journals: createJournals(world),
    readTranscript: createTranscripts(world),
    changesSince: createLastLooks(),
    takesResults: takeResult !== undefined,
    hasResult: rememberTaken(hasResult),
    pushOf,
  }
  const page: AddPage = (path, make) =>
    void app.get(path, safe, entered, async (call) => {
      const view = async () => {
        const made = await make({ ...context, csrf: call.var.session.csrf }, call)
        return withNote(made, notes.read(call.req.query('note')))
      }
      const wantsStream = call.req.header('accept')?.includes('text/event-stream') === true
      return wantsStream ? streamView(world, call, view) : call.html(liveDocument(await view()))
    })
  app.onError((error, call) => answerPageError(world, call, error))
  app.get(STYLE_PATH, (call) => call.body(PAGES_STYLE, 200, assetHeaders('text/css')))
  app.get(SCRIPT_PATH, (call) => call.body(LIVE_SCRIPT, 200, assetHeaders('text/javascript')))
  app.get('/login/:token', safe, (call) => logIn(world, links, call))
  runPages(page)
  const readFrames = createFrameReader()
  app.get('/runs/:run/frames', safe, entered, async (call) => {
    const frames = await readFrames(readable(await context.journals.read(runIn(call))))
    return call.json({ signs: SIGN_OF, frames: frames.map((frame) => ({ ...frame, words: duration(frame.at) })) })
  })
  app.post('/comments', safe, entered, (call) => postComment(world, notes, call))
  app.post('/issues', safe, entered, (call) => openIssue(world, call))
  app.post('/pulls/:number{\\d+}/merge', safe, entered, (call) => mergeIt(world, notes, call))
  app.post('/runs/:run/take', safe, entered, (call) => takeIt(takeResult, notes, runIn(call), call))
  app.post('/runs/:run/push', safe, entered, async (call) =>
    pushIt(context, notes, readable(await context.journals.read(runIn(call))).state, call),
  )
  app.get('/:owner/:repo/actions/runs/:run{\\d+}/artifacts/:id{\\d+}', safe, entered, (call) =>
    fetchArtifact(world, call),
  )
  rawRoutes(app, world, safe, entered)
  githubPages(page, world)
  app.get('/:owner/:repo', (call, next) => (call.req.path === repoPath(world) ? call.redirect('/', 302) : next()))
  return app
}

/** Always to be saved: jobs upload what they like, and the hub's own address would show it as one of its pages. */
function fetchArtifact(world: World, call: PageCall): Response {
  const id = Number(call.req.param('id'))
  const artifact = world.store.doc.artifacts.find((known) => known.id === id && known.finalized)
  if (artifact === undefined || `/${call.req.param('owner')}/${call.req.param('repo')}` !== repoPath(world))
    throw notFound()
  return call.redirect(signedUrl(world, 'download', artifact), 302)
}

const SIGN_OF = Object.fromEntries(Object.entries(SIGNS).map(([style, { sign }]) => [style, sign]))

const assetHeaders = (type: string) => ({
  'content-type': `${type}; charset=utf-8`,
  'x-content-type-options': 'nosniff',
  'cache-control': 'max-age=31536000, immutable',
})

const withNote = (view: View, note: Html | null): View =>
  note === null
    ? view
    : { ...view, parts: [{ id: 'note', html: html`<div class="said" role="status">${note}</div>` }, ...view.parts] }

function runPages(page: AddPage): void {
  page('/', (context) => runsView(context))
  page('/runs/:run', async (context, call) => {
    const run = runIn(call)
    const journal = await context.journals.read(run)
    return journal === null
      ? waitingView(context, run)
      : runView(context, readable(journal), seenIn(call.req.query('seen')))
  })
  page('/runs/:run/events', async (context, call) => eventsView(readable(await context.journals.read(runIn(call)))))
  page('/runs/:run/tasks/:task', async (context, call) => {
    const { state } = readable(await context.journals.read(runIn(call)))
    const task = isPlanned(state) ? state.work.plan.tasks.find(({ id }) => id === call.req.param('task')) : undefined
    if (!isPlanned(state) || task === undefined) throw notFound()
    return taskView(context, state, task, call.req.query('attempt'))
  })
}

const runIn = (call: PageCall): RunId => {
  const run = runIdSchema.safeParse(call.req.param('run'))
  if (!run.success) throw notFound()
  return run.data
}

function readable(journal: Awaited<ReturnType<ReturnType<typeof createJournals>['read']>>): RunView {
  if (journal === null) throw notFound()
  if ('why' in journal) throw new Refusal(409, `The journal of run ${journal.run} cannot be read: ${journal.why}`)
  return journal
}

function answerPageError(world: World, call: PageCall, error: unknown): Response | Promise<Response> {
  if (!(error instanceof Refusal)) {
    world.log(`${routeIn(call)}: ${error instanceof Error ? error.stack : String(error)}`)
    return refusePage(call, 500, { title: 'Something went wrong', words: html`<p>The log of the hub says more.</p>` })
  }
  const isMissing = error.status === 404
  return refusePage(call, isMissing ? 404 : 409, {
    title: isMissing ? 'There is no such page' : error.message,
    words: html`<p><a href="/">All runs</a></p>`,
  })
}
