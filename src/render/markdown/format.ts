/** `1 task`, `3 tasks`. */
export const count = (number: number, noun: string, plural = `${noun}s`): string =>
  `${number} ${number === 1 ? noun : plural}`

/** `a`, `a and b`, `a, b and c`. */
export const commaList = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`

/** `40 s`, `3 min 20 s`, `1 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds)
  if (whole < 60) return `${seconds > 0 && seconds < 9.95 ? trimmed(seconds) : whole} s`
  if (whole < 3600) return [`${Math.floor(whole / 60)} min`, whole % 60 === 0 ? '' : ` ${whole % 60} s`].join('')
  const minutes = Math.round(whole / 60)
  return [`${Math.floor(minutes / 60)} h`, minutes % 60 === 0 ? '' : ` ${minutes % 60} min`].join('')
}

const trimmed = (seconds: number): string => seconds.toFixed(1).replace(/\.0$/, '')

export const secondsBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 1000

/** `2026-11-21 10:04:05 UTC`. Absolute, so that the text does not change with the time of rendering. */
export const moment = (at: string): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`

/** `10:04:05` (UTC), for tables next to a full date. */
export const clockTime = (at: string): string => new Date(at).toISOString().slice(11, 19)

/** US dollars: `12.30 USD`, `0.042 USD`, `0 USD`, `under 0.0001 USD`. No dollar sign: GitHub reads two of them as a formula. */
export const usd = (amount: number): string => `${digits(amount)} USD`

function digits(amount: number): string {
  if (amount === 0) return '0'
  if (amount < 0.0001) return 'under 0.0001'
  return amount.toFixed(amount < 0.01 ? 4 : amount < 0.1 ? 3 : 2)
}
