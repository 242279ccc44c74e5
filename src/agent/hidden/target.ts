const SCHEME = /^[a-z][a-z0-9+.-]*:/i
const OPENS_A_PAGE = /^(?:https?:\/\/|mailto:)/i
/** Nothing that could end the link or the attribute that it stands in. */
const ONE_WORD = /^[^\s"'<>`\\]*$/
/** Nobody reads more of an address than this; what is longer is there for somebody else. */
const LONGEST = 1_000

/** Where a link leads, if that is a page or a place in the repository; else nothing. */
export function target(destination: string): string {
  const bare = destination.startsWith('<') ? destination.slice(1, -1) : destination
  if (bare.length > LONGEST || !ONE_WORD.test(bare)) return ''
  return SCHEME.test(bare) && !OPENS_A_PAGE.test(bare) ? '' : bare
}

const DATA_URI = /\bdata:[a-z]+\/[\w.+-]+(?:;[\w.+=-]+)*,[^\s"'()<>`]*/gi

/** Text without whole files written into it; `found` hears of each. */
export const withoutData = (text: string, found: () => void): string =>
  text.replace(DATA_URI, () => {
    found()
    return '(data)'
  })
