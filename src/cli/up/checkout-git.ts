import { execFile } from 'node:child_process'
import type { Place } from './place.ts'

export interface CheckoutGitAnswer {
  ok: boolean
  out: string
  /** What git said of it. */
  words: string
}

/** Runs git in the person's checkout, with their configuration. `config`: more of it, unseen by a list of processes. */
export function gitInCheckout(
  { top, env }: Pick<Place, 'top' | 'env'>,
  words: readonly string[],
  config: Readonly<Record<string, string>> = {},
): Promise<CheckoutGitAnswer> {
  return new Promise((resolve, reject) => {
    const options = { cwd: top, encoding: 'utf8' as const, env: gitVariables(env, config) }
    execFile('git', words, options, (error, out, words) => {
      if (error !== null && typeof error.code !== 'number') reject(error)
      else resolve({ ok: error === null, out: out.trim(), words: words.trim() })
    })
  })
}

/** The person's environment with more configuration, for a git that speaks English and does not ask in the terminal. */
export function gitVariables(env: Place['env'], config: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(config)
  const before = Number(env.GIT_CONFIG_COUNT ?? 0)
  const own = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return Object.fromEntries([
    ...own,
    ['LC_ALL', 'C'],
    ['GIT_TERMINAL_PROMPT', '0'],
    ...(entries.length === 0 ? [] : [['GIT_CONFIG_COUNT', String(before + entries.length)]]),
    ...entries.flatMap(([key, value], index) => [
      [`GIT_CONFIG_KEY_${before + index}`, key],
      [`GIT_CONFIG_VALUE_${before + index}`, value],
    ]),
  ])
}
