import { Hono } from 'hono'
import { type RunId, runIdSchema } from '../../core/ids.ts'
import { duration } from '../../render/markdown/format.ts'
import { framesOf } from '../../render/page/frames.ts'
import { SIGNS } from '../../render/page/graph-svg.ts'
import { html } from '../../render/page/html.ts'
import { isPlanned } from '../../render/plan/planned-run.ts'
import { notFound, Refusal } from '../refusal.ts'
import type { World } from '../world.ts'
import { LIVE_SCRIPT } from './assets/script.ts'
import { PAGES_STYLE } from './assets/style.ts'
import { type PageContext, repoPath, type TakeResult } from './context.ts'
import { openIssue, postComment, takeIt } from './forms.ts'
import { createJournals, type JournalView } from './journals.ts'
import { liveDocument, SCRIPT_PATH, STYLE_PATH, type View } from './layout.ts'
import { streamView } from './live.ts'
import { createNotes } from './notes.ts'
import { logIn } from './session/login.ts'
import type { LoginLinks } from './session/login-links.ts'
import { type PageCall, type PageEnv, refuse, signedIn, withSafeHeaders } from './session/signed-in.ts'
import { checkView, jobView, workflowRunsView, workflowRunView } from './views/checks.ts'
import { commitView, compareView, fileView } from './views/code.ts'
import { runView } from './views/run.ts'
import { runsView } from './views/runs.ts'
import { taskView } from './views/task.ts'
import { issueView, listView, pullView } from './views/threads.ts'
import { waitingView } from './views/waiting.ts'

type MakeView = (context: PageContext, call: PageCall) => View | Promise<View>

/** The pages for people, and what their forms do. Addresses below `/OWNER/REPO` are those that GitHub has for the same. */
export function pageRoutes(world: World, links: LoginLinks, takeResult: TakeResult | undefined): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  const notes = createNotes()
  const journals = createJournals(world)
  const [safe, entered] = [withSafeHeaders(), signedIn(world)]
  const asset = (path: string, type: string, text: string) =>
    app.get(path, (call) =>
      call.body(text, 200, {
        'content-type': type,
        'x-content-type-options': 'nosniff',
        'cache-control': 'max-age=31536000, immutable',
      }),
    )
  const page = (path: string, make: MakeView) =>
    app.get(path, safe, entered, async (call) => {
      const context = { world, journals, takeResult, csrf: call.var.session.csrf }
      const view = async () => {
        const made = await make(context, call)
        const note = notes.read(call.req.query('note'))
        return note === null
          ? made
          : {
              ...made,
              parts: [{ id: 'note', html: html`<div class="said" role="status">${note}</div>` }, ...made.parts],
            }
      }
      const wantsStream = call.req.header('accept')?.includes('text/event-stream') === true
      return wantsStream ? streamView(world, call, view) : call.html(liveDocument(await view()))
    })
  app.onError((error, call) => answerPageError(world, call, error))
  asset(STYLE_PATH, 'text/css; charset=utf-8', PAGES_STYLE)
  asset(SCRIPT_PATH, 'text/javascript; charset=utf-8', LIVE_SCRIPT)
  app.get('/login/:token', safe, (call) => logIn(world, links, call))
  page('/', (context) => runsView(context))
  page('/runs/:run', async (context, call) => {
    const run = runIn(call)
    const journal = await context.journals.read(run)
    return journal === null ? waitingView(context, run) : runView(context, readable(journal))
  })
  app.get('/runs/:run/frames', safe, entered, async (call) => {
    const { events } = readable(await journals.read(runIn(call)))
    const signs = Object.fromEntries(Object.entries(SIGNS).map(([style, { sign }]) => [style, sign]))
    return call.json({ signs, frames: framesOf(events).map((frame) => ({ ...frame, words: duration(frame.at) })) })
  })
  page('/runs/:run/tasks/:task', async (context, call) => {
    const { state } = readable(await context.journals.read(runIn(call)))
    const task = isPlanned(state) ? state.work.plan.tasks.find(({ id }) => id === call.req.param('task')) : undefined
    if (!isPlanned(state) || task === undefined) throw notFound()
    return taskView(context, state, task)
  })
  app.post('/comments', safe, entered, (call) => postComment(world, notes, call))
  app.post('/issues', safe, entered, (call) => openIssue(world, call))
  app.post('/runs/:run/take', safe, entered, (call) => takeIt(takeResult, notes, runIn(call), call))
  githubPages(page, app, world)
  return app
}

/** Readable pages at the addresses that the API hands out as `html_url`. */
function githubPages(page: (path: string, make: MakeView) => void, app: Hono<PageEnv>, world: World): void {
  const at = (path: string, make: MakeView) =>
    page(`/:owner/:repo${path}`, (context, call) => {
      if (`/${call.req.param('owner')}/${call.req.param('repo')}` !== repoPath(world)) throw notFound()
      return make(context, call)
    })
  const number = (call: PageCall, name: string): number => Number(call.req.param(name))
  const rest = (call: PageCall): string => decodeURIComponent(call.req.path.split('/').slice(4).join('/'))
  at('/issues', (context) => listView(context, 'issues'))
  at('/pulls', (context) => listView(context, 'pulls'))
  at('/issues/:number{\\d+}', (context, call) => issueView(context, number(call, 'number')))
  at('/pull/:number{\\d+}', (context, call) => pullView(context, number(call, 'number')))
  at('/runs/:id{\\d+}', (context, call) => checkView(context, number(call, 'id')))
  at('/actions', (context) => workflowRunsView(context))
  at('/actions/runs/:id{\\d+}', (context, call) => workflowRunView(context, number(call, 'id')))
  at('/actions/runs/:run{\\d+}/job/:id{\\d+}', (context, call) => jobView(context, number(call, 'id')))
  at('/commit/:sha{[0-9a-f]+}', (context, call) => commitView(context, call.req.param('sha') ?? ''))
  at('/compare/:range{.+}', (context, call) => compareView(context, rest(call)))
  at('/blob/:place{.+}', (context, call) => fileView(context, 'blob', rest(call)))
  at('/tree/:place{.+}', (context, call) => fileView(context, 'tree', rest(call)))
  app.get('/:owner/:repo', (call, next) => (call.req.path === repoPath(world) ? call.redirect('/', 302) : next()))
}

const runIn = (call: PageCall): RunId => {
  const run = runIdSchema.safeParse(call.req.param('run'))
  if (!run.success) throw notFound()
  return run.data
}

function readable(journal: Awaited<ReturnType<ReturnType<typeof createJournals>['read']>>): JournalView {
  if (journal === null) throw notFound()
  if ('why' in journal) throw new Refusal(409, `The journal of run ${journal.run} cannot be read: ${journal.why}`)
  return journal
}

function answerPageError(world: World, call: PageCall, error: unknown): Response | Promise<Response> {
  if (!(error instanceof Refusal)) {
    world.log(`${call.req.method} ${call.req.path}: ${error instanceof Error ? error.stack : String(error)}`)
    return refuse(call, 500, { title: 'Something went wrong', words: html`<p>The log of the hub says more.</p>` })
  }
  const isMissing = error.status === 404
  return refuse(call, isMissing ? 404 : 409, {
    title: isMissing ? 'There is no such page' : error.message,
    words: html`<p><a href="/">All runs</a></p>`,
  })
}
