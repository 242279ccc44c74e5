import type { Sha } from '../ids.ts'
import type { RunEvent } from './event.ts'
import { parseEvent } from './state.ts'

/** The events of a journal commit's message. Anyone with push access can write one, so each is parsed. */
export function eventsInMessage(commit: Sha, message: string): RunEvent[] {
  const body = message.slice(message.indexOf('\n\n') + 2)
  try {
    return body
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map(parseEvent)
  } catch (cause) {
    throw new Error(`journal commit ${commit} holds what is no event`, { cause })
  }
}
