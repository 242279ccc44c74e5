import type { ScriptedAnswer } from './answer.ts'
import type { ScriptedFault } from './fault.ts'
import type { ParsedRequest } from './request.ts'

export type Reply = ScriptedAnswer | ScriptedFault

export interface RequestTurn {
  /** Which request to /v1/messages this is, from 1, refused ones left out. */
  readonly n: number
  /** Which one for this rule, from 1; for a script that is a function, the same as `n`. */
  readonly matched: number
}

export type Say = (request: ParsedRequest, turn: RequestTurn) => Reply | Promise<Reply>

export interface Rule {
  readonly when: (request: ParsedRequest) => boolean
  readonly say: Reply | Say
  /** The rule applies so many times; after that, later rules are tried. */
  readonly times?: number
}

/** `null` is: no rule matches. */
export type Script = (request: ParsedRequest, turn: RequestTurn) => Reply | null | Promise<Reply | null>

const asSay = (say: Reply | Say): Say => (typeof say === 'function' ? say : () => say)

/** The first rule that matches answers. Every call makes a script that counts for itself. */
export function scripted({ rules }: { readonly rules: readonly Rule[] }): Script {
  const matches = rules.map(() => 0)
  return (request, { n }) => {
    for (const [index, rule] of rules.entries()) {
      const matched = (matches[index] ?? 0) + 1
      if (matched > (rule.times ?? Number.POSITIVE_INFINITY) || !rule.when(request)) continue
      matches[index] = matched
      return asSay(rule.say)(request, { n, matched })
    }
    return null
  }
}

/** So many times the fault, then the answer. */
export const failing = (times: number, fault: ScriptedFault, then: Reply | Say): Say => {
  const say = asSay(then)
  return (request, turn) => (turn.matched <= times ? fault : say(request, { ...turn, matched: turn.matched - times }))
}

/** One reply after another; the last one stays. */
export const inTurn = (...replies: readonly [Reply | Say, ...(Reply | Say)[]]): Say => {
  return (request, turn) => asSay(replies[Math.min(turn.matched, replies.length) - 1] ?? replies[0])(request, turn)
}
