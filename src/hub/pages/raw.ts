import type { Hono, MiddlewareHandler } from 'hono'
import { patchWords } from '../git/changes.ts'
import { streamHubGit } from '../git/run.ts'
import { orNotFound } from '../mutations/find.ts'
import { notFound } from '../refusal.ts'
import { streamJobLog } from '../runner/job/job-log.ts'
import type { World } from '../world.ts'
import type { PageCall, PageEnv } from './session/signed-in.ts'

export const rawDiff = (from: string, to: string): string => `/raw/diff/${from}/${to}`
export const rawFile = (commit: string, path: string): string =>
  `/raw/file/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`
export const rawLog = (job: number): string => `/raw/log/${job}`

type Guard = MiddlewareHandler<PageEnv>

/** What a page shows only in part, whole and as it is: no text of a repository or a job is ever a page. */
export function rawRoutes(app: Hono<PageEnv>, world: World, safe: Guard, entered: Guard): void {
  const at = (path: string, make: (call: PageCall) => Promise<ReadableStream<Uint8Array>>) =>
    void app.get(path, safe, entered, async (call) =>
      call.body(await make(call), 200, { 'content-type': 'text/plain; charset=utf-8' }),
    )
  const git = (words: readonly string[]) => streamHubGit(words, world.git.dir)
  const known = async (name: string) => orNotFound(await world.git.resolve(name))
  at('/raw/diff/:from{[0-9a-f]{40}}/:to{[0-9a-f]{40}}', async (call) =>
    git(patchWords(await known(call.req.param('from') ?? ''), await known(call.req.param('to') ?? ''))),
  )
  at('/raw/file/:commit{[0-9a-f]{40}}/:path{.+}', async (call) => {
    const path = decoded(call.req.path.split('/').slice(4).join('/'))
    const found = orNotFound(await world.git.object(`${call.req.param('commit')}:${path}`))
    if (found.type !== 'blob') throw notFound()
    return git(['cat-file', 'blob', found.sha])
  })
  at('/raw/log/:job{\\d+}', async (call) => orNotFound(streamJobLog(world.dataDir, Number(call.req.param('job')))))
}

/** The path of an address, or no page. */
export function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    throw notFound()
  }
}
