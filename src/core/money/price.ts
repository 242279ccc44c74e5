import { ownOf } from '../own.ts'
import { reviewModelOf, SETTINGS_PATH, type Settings } from '../settings.ts'
import type { Usage } from './usage.ts'

/** US dollars per million tokens. */
export interface Price {
  input: number
  output: number
  cache_read: number
  cache_write: number
  /** Prompts longer than this many tokens cost `factor` times as much. */
  long?: { over: number; factor: number }
}

/** The day of the table below. */
export const PRICES_OF = '2026-11-21'

/** Anthropic's list prices on that day; `prices` in the settings overrides and extends them. */
export const PRICES: Readonly<Record<string, Price>> = {
  'claude-haiku-5-5': {
    input: 0.1,
    output: 0.5,
    cache_read: 0.01,
    cache_write: 0.125,
    long: { over: 100_000, factor: 5 },
  },
  'claude-sonnet-5-5': { input: 2, output: 10, cache_read: 0.1, cache_write: 2.5 },
  'claude-opus-5-5': { input: 4, output: 20, cache_read: 0.2, cache_write: 5 },
}

/** By Anthropic's price list, a write that stays for an hour costs twice the input; one of five minutes, 1.25 times as much. */
const HOUR = 2

/** The price of calls whose cache writes stay for an hour. */
export const withHourWrites = (price: Price): Price => ({
  ...price,
  cache_write: Math.max(price.cache_write, HOUR * price.input),
})

/** Null for a model without a price: it is not used, since no limit could be enforced for it. */
export const priceOf = (model: string, { prices }: Pick<Settings, 'prices'>): Price | null =>
  ownOf(prices, model) ?? ownOf(PRICES, model) ?? null

/** US dollars of one call. */
export function costOf({ fresh, cached, written, output }: Usage, price: Price): number {
  const long = price.long !== undefined && fresh + cached + written > price.long.over ? price.long.factor : 1
  const tokens = fresh * price.input + cached * price.cache_read + written * price.cache_write + output * price.output
  return (tokens * long) / 1_000_000
}

/** The maximum cost of a call, in US dollars: all prompt tokens at the highest price, and an answer of `maxTokens`. */
export const worstCost = (promptTokens: number, maxTokens: number, price: Price): number =>
  costOf({ fresh: 0, cached: 0, written: promptTokens, output: maxTokens }, dearest(price))

/** The likely cost of a prompt, in US dollars, if its first `cached` tokens are read from the cache and the rest is written to it. */
export const likelyPromptCost = (promptTokens: number, cached: number, price: Price): number => {
  const read = Math.min(cached, promptTokens)
  return costOf({ fresh: 0, cached: read, written: promptTokens - read, output: 0 }, price)
}

const dearest = (price: Price): Price => ({
  ...price,
  cache_write: Math.max(price.input, price.cache_read, price.cache_write),
})

/** A model of the settings without a price, or null. Models that `worker.command` uses are not our concern. */
export function modelWithoutPrice(settings: Settings): string | null {
  const { explore_model, plan_model, worker_model, worker } = settings
  const ofWorkers = worker.command.length > 0 ? [] : [worker_model.cheap, worker_model.default, worker_model.strong]
  const used = [
    explore_model,
    plan_model,
    ...ofWorkers,
    ...(settings.review === 'off' ? [] : [reviewModelOf(settings)]),
  ]
  return used.find((model) => priceOf(model, settings) === null) ?? null
}

/** What to do about a model without a price: the setting to write, with the figures to be filled in. */
export const priceToWrite = (model: string): string =>
  `write \`prices: { ${JSON.stringify(model)}: { input: …, output: …, cache_read: …, cache_write: … } }\`, in US dollars per million tokens, into \`${SETTINGS_PATH}\`. Known are ${Object.keys(PRICES).join(', ')}, with the prices of ${PRICES_OF}`
