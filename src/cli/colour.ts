/** Marks pieces of a line for a terminal; the text itself if there is no colour. */
export type Colour = Readonly<Record<keyof typeof CODES, (text: string) => string>>

const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39], cyan: [36, 39] } as const

type Environment = Readonly<Record<string, string | undefined>>

/** https://no-color.org, then https://force-color.org, then whether somebody looks at it. */
export function wantsColour({ NO_COLOR = '', FORCE_COLOR = '', TERM = '' }: Environment, isTerminal: boolean): boolean {
  if (NO_COLOR !== '') return false
  if (FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  return isTerminal && TERM !== 'dumb'
}

export function colour(isOn: boolean): Colour {
  const mark = (name: keyof typeof CODES) => {
    const [on, off] = CODES[name]
    return (text: string) => (isOn && text !== '' ? `\u001b[${on}m${text}\u001b[${off}m` : text)
  }
  return {
    bold: mark('bold'),
    dim: mark('dim'),
    red: mark('red'),
    green: mark('green'),
    yellow: mark('yellow'),
    cyan: mark('cyan'),
  }
}
