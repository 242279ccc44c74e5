import { notFound } from '../refusal.ts'
import type { World } from '../world.ts'
import { repoPath } from './context.ts'
import type { AddPage, MakeView } from './page.ts'
import { decoded } from './raw.ts'
import type { PageCall } from './session/signed-in.ts'
import { checkView, jobView, workflowRunsView, workflowRunView } from './views/checks.ts'
import { commitView, compareView, fileView } from './views/code.ts'
import { issueView, listView, pullView } from './views/threads.ts'

/** Readable pages at the addresses that the API hands out as `html_url`. */
export function githubPages(page: AddPage, world: World): void {
  const at = (path: string, make: MakeView) =>
    page(`/:owner/:repo${path}`, (context, call) => {
      if (`/${call.req.param('owner')}/${call.req.param('repo')}` !== repoPath(world)) throw notFound()
      return make(context, call)
    })
  const number = (call: PageCall, name: string): number => Number(call.req.param(name))
  const rest = (call: PageCall): string => decoded(call.req.path.split('/').slice(4).join('/'))
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
}
