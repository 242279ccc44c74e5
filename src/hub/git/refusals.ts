import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Fault } from '../control/faults.ts'

type Refusal = Extract<Fault, { kind: 'refuse-ref' }>

/** Faults for the hooks of one push, as files: a hook is a shell script. Null: there are none. */
export function writeRefusals(
  all: readonly { fault: Refusal; used(): void }[],
): { folder: string; settle(): void } | null {
  if (all.length === 0) return null
  const folder = mkdtempSync(join(tmpdir(), 'hub-refusals-'))
  const written = all.map(({ fault, used }, index) => {
    const own = join(folder, `${fault.whole ? 'whole' : 'ref'}-${index}`)
    mkdirSync(own)
    writeFileSync(join(own, 'ref'), `${fault.ref}\n`)
    writeFileSync(join(own, 'contains'), fault.contains === '' ? '' : `${fault.contains}\n`)
    writeFileSync(join(own, 'words'), `${fault.words}\n`)
    return { own, used }
  })
  return {
    folder,
    settle: () => {
      for (const { own, used } of written) if (existsSync(join(own, 'used'))) used()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
