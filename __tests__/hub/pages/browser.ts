import { execFileSync } from 'node:child_process'
import { request } from 'node:http'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { logRef } from '../../../src/core/ids.ts'
import type { RunEvent } from '../../../src/core/run/event.ts'
import type { TestHub } from '../support/hub.ts'
import { git } from '../support/repository.ts'

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
}

/** A request with exactly these headers: `fetch` adds some of those that matter here. */
export function send(address: string, headers: Record<string, string> = {}, form?: URLSearchParams): Promise<Answer> {
  const type = form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
  return new Promise((resolve, reject) => {
    const sent = request(address, { method: form === undefined ? 'GET' : 'POST', headers: { ...type, ...headers } })
    sent.on('error', reject)
    sent.on('response', async (answer) => {
      const text = (await buffer(answer)).toString('utf8')
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text })
    })
    sent.end(form?.toString())
  })
}

/** A browser that has opened the link. */
export interface Visitor {
  cookie: string
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  /** Sends a form with the token of this session, unless the fields have another. */
  post(path: string, fields: readonly (readonly [string, string])[], headers?: Record<string, string>): Promise<Answer>
  csrf(): Promise<string>
}

export async function visit(hub: Pick<TestHub, 'link' | 'url'>): Promise<Visitor> {
  const entered = await send(hub.link())
  const [cookie = ''] = `${entered.headers['set-cookie'] ?? ''}`.split(';')
  const get = (path: string, headers: Record<string, string> = {}) => send(`${hub.url}${path}`, { cookie, ...headers })
  const csrf = async () => /name="csrf" value="([^"]+)"/.exec((await get('/')).text)?.[1] ?? ''
  return {
    cookie,
    get,
    csrf,
    post: async (path, fields, headers = {}) => {
      const form = new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value]))
      if (!form.has('csrf')) form.set('csrf', await csrf())
      return send(`${hub.url}${path}`, { cookie, origin: hub.url, ...headers }, form)
    },
  }
}

const unescaped = (text: string): string =>
  text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')

/** The fields of the form whose button says so, as a browser would send them, without boxes for words. */
export function fieldsOf(page: string, button: string): [string, string][] {
  const form = page.split('<form').find((one) => one.split('</form>')[0]?.includes(`>${button}</button>`)) ?? ''
  const inputs = (form.split('</form>')[0] ?? '').match(/<input[^>]*>/g) ?? []
  return inputs
    .filter((input) => /type="hidden"| checked/.test(input))
    .map((input) => [/name="([^"]*)"/.exec(input)?.[1] ?? '', unescaped(/value="([^"]*)"/.exec(input)?.[1] ?? '')])
}

/** Writes a run's journal into the hub's repository, as an orchestrator would push it. */
export const writeJournal = (hub: Pick<TestHub, 'dataDir'>, run: string, events: readonly RunEvent[]): void =>
  commitEvents(hub, run, events, [])

/** Appends an entry to a run's journal, or begins it. */
export function growJournal(hub: Pick<TestHub, 'dataDir'>, run: string, events: readonly RunEvent[]): void {
  const tip = git(join(hub.dataDir, 'repository.git'), 'for-each-ref', '--format=%(objectname)', logRef(run))
  commitEvents(hub, run, events, tip === '' ? [] : ['-p', tip])
}

function commitEvents(
  hub: Pick<TestHub, 'dataDir'>,
  run: string,
  events: readonly RunEvent[],
  parent: readonly string[],
): void {
  const folder = join(hub.dataDir, 'repository.git')
  const message = ['A journal', '', ...events.map((event) => JSON.stringify(event))].join('\n')
  const from = (input: string, ...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...words], {
      cwd: folder,
      input,
      encoding: 'utf8',
    }).trim()
  const tree = from('', 'hash-object', '-t', 'tree', '-w', '--stdin')
  git(folder, 'update-ref', logRef(run), from(message, 'commit-tree', ...parent, '-F', '-', tree))
}
