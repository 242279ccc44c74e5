import { evaluateBoolean, evaluateText, type Scope } from './workflow/expression.ts'
import { isMap, type Tree } from './workflow/tree.ts'

/** A workflow run or a job that must run alone in its concurrency group. */
export interface Contender {
  start(): void
  /** Cancels a running contender (`cancel-in-progress`), or a waiting one that a newer one replaces. */
  cancel(): void
}

export interface ConcurrencyRequest {
  readonly group: string
  readonly cancelInProgress: boolean
  readonly queue: 'single' | 'max'
}

interface Group {
  running: Contender
  waiting: Contender[]
}

const longest = 100

/** GitHub's concurrency groups: one runs, the others wait as `queue` says. Workflows and jobs share the names. */
export class ConcurrencyGroups {
  readonly #groups = new Map<string, Group>()

  enter(concurrency: ConcurrencyRequest, contender: Contender): void {
    const name = concurrency.group.toLowerCase()
    const group = this.#groups.get(name)
    if (group === undefined) {
      this.#groups.set(name, { running: contender, waiting: [] })
      contender.start()
      return
    }
    if (concurrency.queue === 'max') {
      if (group.waiting.length >= longest) contender.cancel()
      else group.waiting.push(contender)
      return
    }
    const pushedOut = group.waiting.splice(0, group.waiting.length, contender)
    for (const one of pushedOut) one.cancel()
    if (concurrency.cancelInProgress) group.running.cancel()
  }

  /** Must be called when a contender is done, whether it ran or not. */
  release(groupName: string, contender: Contender): void {
    const name = groupName.toLowerCase()
    const group = this.#groups.get(name)
    if (group === undefined) return
    if (group.running !== contender) {
      group.waiting = group.waiting.filter((one) => one !== contender)
      return
    }
    const next = group.waiting.shift()
    if (next === undefined) {
      this.#groups.delete(name)
      return
    }
    group.running = next
    next.start()
  }
}

/** Evaluates a `concurrency:` key: a group's name alone, or a mapping. */
export function concurrencyOf(concurrency: Tree | undefined, scope: Scope): ConcurrencyRequest | undefined {
  if (concurrency === undefined || concurrency === null) return undefined
  if (!isMap(concurrency)) return { group: evaluateText(concurrency, scope), cancelInProgress: false, queue: 'single' }
  const cancelInProgress = evaluateBoolean(concurrency.get('cancel-in-progress'), scope, false)
  const queue = evaluateText(concurrency.get('queue'), scope) === 'max' ? 'max' : 'single'
  if (cancelInProgress && queue === 'max') {
    throw new Error("'queue: max' cannot be used together with 'cancel-in-progress: true'")
  }
  return { group: evaluateText(concurrency.get('group'), scope), cancelInProgress, queue }
}
