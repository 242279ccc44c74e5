import type { HandOff } from '../run/hand-off.ts'
import { codeNamesIn } from '../text/code-names.ts'

/** A call as text, with its arguments as far as they hold no brackets themselves. */
const CALL = /([A-Za-z_$][\w$]*)\s*\(([^()]*)\)/g
const MOST = 12

/**
 * How the interface that a finished task handed off differs from the one that it promised, as clauses; found by names and
 * arguments only, so that an empty list does not say that both are the same.
 */
export function promiseDifferences(promised: string, { did, interfaces, decisions }: HandOff): string[] {
  const kept = interfaces.join('\n')
  const said = [kept, did, ...decisions].join('\n')
  const calls = callsIn(promised)
  const keptCalls = callsIn(kept)
  const changed = [...calls].flatMap(([name, args]) => {
    const now = keptCalls.get(name)
    return now === undefined || now === args ? [] : [`\`${name}(${args})\` is now \`${name}(${now})\``]
  })
  const names = new Set([...calls.keys(), ...codeNamesIn(promised)])
  const missing = [...names].filter((name) => !hasWord(said, name)).map((name) => `\`${name}\` is no longer named`)
  return [...changed, ...missing].slice(0, MOST)
}

const callsIn = (text: string): Map<string, string> =>
  new Map([...text.matchAll(CALL)].map(([, name = '', args = '']) => [name, args.replace(/\s+/g, ' ').trim()]))

const hasWord = (text: string, word: string): boolean => text.split(/[^\w$]+/).includes(word)
