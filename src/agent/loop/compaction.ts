import type { Block, ModelMessage } from '../../ports/model.ts'
import { type MessageHistory, withTurns } from './loop-state.ts'

/** Turns of the user at the end that are kept as they are. */
export const KEPT_TURNS = 8
/** In characters. A shorter result or input is kept whole; of a longer one, its start. */
const SHORT = 600
const START = 200
/** A smaller saving is not worth it: what follows a change is no longer read from the cache. */
const LEAST_SAVING = 0.2

/**
 * The history without the long results and inputs of old calls. The opening, all words and the last turns stay, so the agent
 * keeps its brief and what it works on, and can look again at the rest. Null: too little would be saved.
 */
export function compacted(history: MessageHistory, kept = KEPT_TURNS): MessageHistory | null {
  const { turns } = history
  const places = turns.flatMap(({ role }, place) => (role === 'user' ? [place] : []))
  const [opening = 0] = places
  const recent = places.at(-kept) ?? opening
  const shorter = turns.map((turn, place) => (place <= opening || place >= recent ? turn : shortened(turn)))
  const next = withTurns(history, shorter)
  return next.bytes <= history.bytes * (1 - LEAST_SAVING) ? next : null
}

const shortened = ({ role, blocks }: ModelMessage): ModelMessage => ({ role, blocks: blocks.map(shortBlock) })

function shortBlock(block: Block): Block {
  if (block.kind === 'result' && block.text.length > SHORT)
    return { ...block, text: shortText(block.text, 'Call the tool again if you need it.') }
  if (block.kind === 'call' && typeof block.input === 'object' && block.input !== null)
    return { ...block, input: Object.fromEntries(Object.entries(block.input).map(shortField)) }
  return block
}

const shortField = ([name, value]: [string, unknown]): [string, unknown] => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return [name, text !== undefined && text.length > SHORT ? shortText(text, 'The call was made as it was.') : value]
}

const shortText = (text: string, more: string): string =>
  `${text.slice(0, START).replace(/[\uD800-\uDBFF]$/, '')}… [${text.length - START} more characters are left out here to save room. ${more}]`
