import { parse } from 'jsonriver'
import { headSchema } from './plan-schema.ts'

const HEAD_FIELDS: readonly string[] = headSchema.keyof().options

/** What is told of a plan while it is being written; nothing of it was checked. */
export interface PlanParts {
  head(head: Readonly<Record<string, unknown>>): void
  task(task: unknown): void
}

export interface PlanStream {
  push(piece: string): void
  /** What came so far counts for nothing: the text begins anew. */
  restart(): void
  /** All that was pushed has been told of. */
  end(): Promise<void>
}

/** Tells of a plan's head once all before its tasks is complete, and of each task the moment that it is. */
export function planStream(parts: PlanParts): PlanStream {
  let reading = readOnce(parts)
  return {
    push: (piece) => reading.pieces.push(piece),
    restart() {
      reading.stop()
      reading = readOnce(parts)
    },
    end() {
      reading.pieces.end()
      return reading.done
    },
  }
}

function readOnce(parts: PlanParts) {
  const pieces = channel()
  const collected = collector(parts)
  let stopped = false
  const read = async () => {
    const values = parse(pieces, {
      completeCallback: (value, path) => {
        if (!stopped) collected(value, path.segments())
      },
    })
    for await (const _ of values) if (stopped) return
  }
  return {
    pieces,
    // Text that is no JSON, or only half of it, is for whoever reads the whole answer to complain about.
    done: read().catch(() => {}),
    stop() {
      stopped = true
      pieces.end()
    },
  }
}

/** Tasks that come before the head is complete wait for it. */
function collector(parts: PlanParts) {
  const head: Record<string, unknown> = {}
  const waiting: unknown[] = []
  const isComplete = () => HEAD_FIELDS.every((field) => field in head)
  return (value: unknown, [field, index, ...deeper]: readonly (string | number)[]) => {
    if (deeper.length > 0 || field === undefined) return
    if (field === 'tasks' && index !== undefined) {
      if (isComplete()) parts.task(value)
      else waiting.push(value)
    } else if (index === undefined && HEAD_FIELDS.includes(String(field)) && !(field in head)) {
      head[field] = value
      if (!isComplete()) return
      parts.head(head)
      for (const task of waiting.splice(0)) parts.task(task)
    }
  }
}

/** Text on its way from a callback to whoever reads it. */
function channel() {
  const queue: string[] = []
  let ended = false
  let wake = () => {}
  return {
    push(piece: string) {
      queue.push(piece)
      wake()
    },
    end() {
      ended = true
      wake()
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const piece = queue.shift()
        if (piece !== undefined) yield piece
        else if (ended) return
        else
          await new Promise<void>((resolve) => {
            wake = resolve
          })
      }
    },
  }
}
