import type { IncomingHttpHeaders } from 'node:http'
import type { MessageBody } from './body.ts'
import type { RefusedRequest } from './fault.ts'
import type { usageOf } from './message.ts'
import type { Reply } from './script.ts'

export type LoggedUsage = ReturnType<typeof usageOf>

/** A request to /v1/messages and its outcome. Fields are filled as it proceeds. */
export interface LoggedRequest {
  /** Which one, from 1. */
  readonly n: number
  /** Without those that hold a secret. */
  readonly headers: Readonly<Record<string, string>>
  readonly startedAt: Date
  /** Null until it is parsed. */
  readonly body: MessageBody | null
  /** What the script said, or why the request was refused. */
  readonly reply: Reply | RefusedRequest | null
  /** Of an answer that was sent, also in part. */
  readonly usage: LoggedUsage | null
  readonly status: number | null
  readonly endedAt: Date | null
  /** The client closed the connection before the end. */
  readonly clientLeft: boolean
}

export type Note = Partial<Omit<LoggedRequest, 'n' | 'startedAt' | 'headers' | 'endedAt'>>

export interface Log {
  readonly requests: readonly LoggedRequest[]
  /** Requests that were open at once, now and at most. */
  readonly concurrency: { readonly now: number; readonly most: number }
  open(headers: IncomingHttpHeaders): LoggedRequest
  note(request: LoggedRequest, note: Note): void
  end(request: LoggedRequest): void
  /** Resolves as soon as the predicate holds; evaluated after each change. */
  until(isTrue: (requests: readonly LoggedRequest[]) => boolean): Promise<void>
}

const SECRETS = ['authorization', 'x-api-key', 'cookie']

export function createLog(now: () => Date): Log {
  const requests: LoggedRequest[] = []
  const concurrency = { now: 0, most: 0 }
  let watchers: (() => boolean)[] = []
  const changed = (): void => {
    watchers = watchers.filter((isDone) => !isDone())
  }
  return {
    requests,
    concurrency,
    open: (headers) => {
      const request = opened(requests.length + 1, headers, now())
      requests.push(request)
      concurrency.now += 1
      concurrency.most = Math.max(concurrency.most, concurrency.now)
      changed()
      return request
    },
    note: (request, note) => {
      Object.assign(request, note)
      changed()
    },
    end: (request) => {
      Object.assign(request, { endedAt: now() })
      concurrency.now -= 1
      changed()
    },
    until: (isTrue) =>
      new Promise((resolve) => {
        const isDone = (): boolean => {
          const done = isTrue(requests)
          if (done) resolve()
          return done
        }
        if (!isDone()) watchers.push(isDone)
      }),
  }
}

const opened = (n: number, headers: IncomingHttpHeaders, startedAt: Date): LoggedRequest => ({
  n,
  headers: Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !SECRETS.includes(name))
      .map(([name, value]) => [name, String(value)]),
  ),
  startedAt,
  body: null,
  reply: null,
  usage: null,
  status: null,
  endedAt: null,
  clientLeft: false,
})
