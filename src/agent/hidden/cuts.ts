import { noBlocks } from './blocks.ts'
import type { Cut, Placed } from './cut.ts'
import { enter } from './enter.ts'
import { languageOf } from './fenced.ts'
import { formulaCuts } from './formula.ts'
import { lineAt } from './line.ts'
import { tableCuts } from './table.ts'

/** What tables and formulas do not show, in order, no two of them in one place. */
export function cutsIn(text: string): Cut[] {
  if (!/[|$]|math/i.test(text)) return []
  const lines = [...placed(text)]
  const cuts = [...tableCuts(text, lines), ...formulaCuts(text, lines)].sort((a, b) => a.from - b.from)
  let reached = 0
  return cuts.flatMap((cut) => {
    const from = Math.max(cut.from, reached)
    reached = Math.max(reached, cut.to)
    return from < cut.to ? [{ ...cut, from }] : []
  })
}

function* placed(text: string): Generator<Placed> {
  const blocks = noBlocks()
  for (let at = 0; at < text.length; ) {
    const line = lineAt(text, at)
    const role = enter(blocks, text, line)
    const isFormula = role === 'code' && blocks.fence !== null && languageOf(blocks.fence).toLowerCase() === 'math'
    yield { ...line, role: isFormula ? 'formula' : role }
    at = line.end + 1
  }
}
