import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { tempDir } from '../support/git.ts'

const SCRIPT = join(import.meta.dirname, '..', '..', 'scripts', 'probe.mjs')

/** What the probe prints of a machine whose only programs are these. */
function imageWith(bwrap: string | null): string {
  const bin = tempDir()
  if (bwrap !== null) writeFileSync(join(bin, 'bwrap'), `#!/bin/sh\n${bwrap}\n`, { mode: 0o755 })
  return execFileSync(process.execPath, [SCRIPT, 'image'], { env: { PATH: bin }, encoding: 'utf8' })
}

it('says that bubblewrap is not there', () => {
  expect(imageWith(null)).toMatch(/^\| Is bubblewrap there\? \| no \| .*ENOENT/m)
})

it('quotes why a command does not run in the sandbox', () => {
  const refused = 'echo "bwrap: setting up uid map: Permission denied" >&2; exit 1'
  const printed = imageWith(`[ "$1" = --version ] && echo 'bubblewrap 0.11.0' && exit\n${refused}`)
  expect(printed).toMatch(/^\| Is bubblewrap there\? \| yes \| <code>bubblewrap 0\.11\.0<\/code> \|$/m)
  expect(printed).toMatch(
    /^\| Does a command run in the sandbox\? \| no \| <code>exit code 1 \/ bwrap: setting up uid map: Permission denied<\/code> \|$/m,
  )
})

it('lets nothing that it quotes break the table', () => {
  expect(imageWith(`echo 'a|b <b>' >&2; exit 1`)).toContain('exit code 1 / a&#124;b &lt;b>')
})
