import type { HandOff } from '../core/hand-off.ts'
import { codes } from './code.ts'
import { bounded } from './escape.ts'
import { modelText } from './model-text.ts'
import { quoted } from './quoted.ts'

/** What a finished task leaves for those that need it. An agent wrote it, but for the files and the check. `most`: characters of each text. */
export function handOffLines(handOff: HandOff, most: number): string[] {
  const list = (name: string, items: readonly string[]): string[] =>
    items.map((item) => `- ${name}: ${modelText(item, most)}`)
  const lines = [
    ...(handOff.files.length === 0 ? [] : [`- Files: ${codes(handOff.files.map((path) => bounded(path, most)))}`]),
    ...list('Interface', handOff.interfaces),
    ...list('Decision', handOff.decisions),
    ...list('Caveat', handOff.caveats),
    ...list('Left to do', handOff.follow_ups),
    ...(handOff.check.trim() === '' ? [] : list('Check', [handOff.check])),
  ]
  const did = handOff.did.trim() === '' ? [] : quoted(handOff.did, most)
  return [...did, ...(did.length > 0 && lines.length > 0 ? [''] : []), ...lines]
}
