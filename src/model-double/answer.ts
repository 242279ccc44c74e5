/** A piece of what the model says, in the order in which it is streamed. */
export type AnswerPart =
  | { readonly type: 'thinking'; readonly text: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly name: string; readonly input: unknown }

export type StopReason = 'end_turn' | 'tool_use' | 'max_tokens' | 'refusal'

/** Streaming stops after `after` (before the first word if it is empty) and continues when `until` resolves. */
export interface StreamHold {
  readonly after: string
  readonly until: Promise<unknown>
}

/** How fast an answer leaves: characters in a chunk, milliseconds before each, places where it waits. */
export interface Pace {
  readonly chunk?: number
  readonly milliseconds?: number
  readonly holds?: readonly StreamHold[]
}

export interface ScriptedAnswer {
  readonly kind: 'answer'
  readonly parts: readonly AnswerPart[]
  readonly stop: StopReason
  readonly pace: Pace
}

interface Extras {
  /** Thought before the first word. */
  readonly thinking?: string
  /** Said before the tools are called. */
  readonly text?: string
}

const answer = (parts: readonly AnswerPart[], stop: StopReason): ScriptedAnswer => ({
  kind: 'answer',
  parts,
  stop,
  pace: {},
})

const before = ({ thinking, text }: Extras): AnswerPart[] => [
  ...(thinking === undefined ? [] : [{ type: 'thinking' as const, text: thinking }]),
  ...(text === undefined ? [] : [{ type: 'text' as const, text }]),
]

/** Words, and the end of the turn. */
export const text = (words: string, extras: Pick<Extras, 'thinking'> = {}): ScriptedAnswer =>
  answer([...before(extras), { type: 'text', text: words }], 'end_turn')

/** Structured output: the value as JSON. The request has to ask for a format that it fits. */
export const json = (value: unknown, extras: Pick<Extras, 'thinking'> = {}): ScriptedAnswer =>
  text(JSON.stringify(value), extras)

/** Calls of tools that the request offers, with inputs that fit their schemas. */
export const tools = (calls: readonly { name: string; input: unknown }[], extras: Extras = {}): ScriptedAnswer =>
  answer([...before(extras), ...calls.map((call): AnswerPart => ({ type: 'tool_use', ...call }))], 'tool_use')

/** The model refuses, after this text. */
export const refusal = (words = ''): ScriptedAnswer =>
  answer(words === '' ? [] : [{ type: 'text', text: words }], 'refusal')

/** Words that end where the limit was reached, whatever limit the request gave. */
export const truncated = (words: string): ScriptedAnswer => answer([{ type: 'text', text: words }], 'max_tokens')

/** The same answer at another pace. */
export const paced = (one: ScriptedAnswer, pace: Omit<Pace, 'holds'>): ScriptedAnswer => ({
  ...one,
  pace: { ...one.pace, ...pace },
})

/** The same answer, which stops after the words `after` until the promise resolves. */
export const held = (one: ScriptedAnswer, until: Promise<unknown>, after = ''): ScriptedAnswer => ({
  ...one,
  pace: { ...one.pace, holds: [...(one.pace.holds ?? []), { after, until }] },
})

export interface Gate {
  readonly opened: Promise<void>
  open(): void
}

/** A promise for `held`, and the function that resolves it. */
export function gate(): Gate {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}
