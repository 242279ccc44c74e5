import { parse } from 'jsonriver'
import { headSchema } from './plan-schema.ts'

const HEAD_FIELDS: readonly string[] = headSchema.keyof().options

/** Receives the parts of a plan while a model writes it; none of them is checked. */
export interface PlanParts {
  head(head: Readonly<Record<string, unknown>>): void
  task(task: unknown): void
}

export interface PlanStream {
  push(piece: string): void
  /** The text starts again: what was pushed so far is dropped. */
  restart(): void
  /** Resolves once all that was pushed has been parsed. */
  end(): Promise<void>
}

/**
 * Parses a plan while it streams: passes on the head once all its fields are complete, then each task as soon as it is.
 */
export function planStream(parts: PlanParts): PlanStream {
  let parser = parseOnce(parts)
  return {
    push: (piece) => parser.pieces.push(piece),
    restart() {
      parser.stop()
      parser = parseOnce(parts)
    },
    end() {
      parser.pieces.end()
      return parser.done
    },
  }
}

function parseOnce(parts: PlanParts) {
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
    // Invalid or truncated JSON is reported by the parser of the whole answer.
    done: read().catch(() => {}),
    stop() {
      stopped = true
      pieces.end()
    },
  }
}

/** Tasks that are complete before the head wait for it. */
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

/** An async iterable of the texts that are pushed to it. */
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
