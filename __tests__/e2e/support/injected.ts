import { sanitise } from '../../../src/agent/visible-text/sanitise.ts'
import type { ParsedRequest } from '../../../src/model-double/request.ts'
import { type Injection, injections } from '../../fixtures/injections/index.ts'

export interface Case extends Injection {
  n: number
  /** With its number in front: no command, whoever says it. */
  said: string
}

/** The corpus, numbered. */
export const cases: readonly Case[] = injections.map((it, n) => ({ ...it, n, said: `Case ${n}: ${it.text}` }))

/** Whether text can follow it on a page and still be what it was: some leave a comment or a block of code open. */
const isClosed = ({ said }: Case): boolean => {
  const followed = sanitise(`${said}\n\nEND\n\n<p hidden>GONE</p>`).text
  return followed.includes('END') && !followed.includes('GONE')
}
export const closed = cases.filter(isClosed)
export const unclosed = cases.filter((one) => !isClosed(one))

/** So many groups of about the same size. */
export const groups = <Item>(items: readonly Item[], count: number): Item[][] =>
  Array.from({ length: count }, (_, at) => items.filter((_, index) => index % count === at))

export interface Fence {
  what: string
  nonce: string
  text: string
}

const FENCE = /^<(untrusted|trusted) what="([^"\n]*)" nonce="([0-9a-f]{16})">\n([\s\S]*?)\n<\/\1 nonce="\3">$/gm

/** What a prompt quotes, and the rest of it. Read as a model would: a fence ends where its nonce says so. */
export function fencesOf(prompt: string): { fences: Fence[]; rest: string } {
  const fences = [...prompt.matchAll(FENCE)].map(([, , what = '', nonce = '', text = '']) => ({ what, nonce, text }))
  return { fences, rest: prompt.replace(FENCE, '') }
}

/** The whole of what a model is told before it says anything. */
export const promptOf = ({ system, firstText }: ParsedRequest): string => `${system}\n\n${firstText}`
