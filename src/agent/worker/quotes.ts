import type { Brief } from '../../core/brief.ts'
import { fence, nonceOf } from '../fence.ts'
import { sanitise } from '../sanitise.ts'

/** Words of others inside a prompt, each in a fence that says whose they are. */
export interface Quotes {
  /** Markdown that anybody could have written, without what hides in it. */
  untrusted(what: string, text: string): string
  /** Words of somebody who may command the run; null: nobody wrote down who. */
  person(who: string | null, words: string): string
  /** What programs, files and other workers say. */
  data(what: string, text: string): string
}

/** The same fences for all workers of a run, so that they share what stands before their tasks. */
export function quotesFor({ run, seed }: Pick<Brief, 'run' | 'seed'>): Quotes {
  const nonce = nonceOf(run, seed)
  return {
    untrusted: (what, text) => fence(what, sanitise(text).text, nonce),
    person: (who, words) => fence(`words of ${who ?? 'somebody who runs the project'}`, words, nonce),
    data: (what, text) => fence(what, text, nonce),
  }
}

/**
 * The brief without the mark of the run's fences. Planners have seen it, and a plan is not fenced: a fence in it could pass
 * for the words of a person.
 */
export function unmarked(brief: Brief): Brief {
  const text = JSON.stringify(brief)
  const mark = new RegExp(nonceOf(brief.run, brief.seed), 'gi')
  return text.search(mark) === -1 ? brief : JSON.parse(text.replace(mark, '…'))
}
