import { spawnSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file system in memory. There a new repository takes a tenth of the time that it takes on some disks. */
const MEMORY = '/dev/shm'
/** What tests leave there at one time, and some more. */
const ROOM_BYTES = 2e9

/**
 * Where tests of the sandbox keep their files: the system's own folder for temporary ones. A sandbox has a `/dev` of its own,
 * so that nothing has to be hidden of a folder that lies below the machine's.
 */
export const onDisk = (): string => process.env.TRIBUTARY_DISK ?? tmpdir()

/** A new folder for all temporary files of a run of tests: in memory, unless TMPDIR names a place or memory cannot serve. */
export function temporaryRoot(): string {
  const { TMPDIR } = process.env
  const memory = TMPDIR === undefined || TMPDIR === '' ? rootIn(MEMORY) : null
  if (memory !== null && servesPrograms(memory)) return memory
  if (memory !== null) rmSync(memory, { recursive: true })
  return realpathSync(mkdtempSync(join(tmpdir(), 'tributary-tests-')))
}

function rootIn(folder: string): string | null {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize < ROOM_BYTES ? null : mkdtempSync(join(folder, 'tributary-tests-'))
  } catch {
    return null
  }
}

/** Containers often have it, but run nothing that lies there. */
function servesPrograms(folder: string): boolean {
  const program = join(folder, 'program')
  writeFileSync(program, '#!/bin/sh\n', { mode: 0o700 })
  const { status } = spawnSync(program)
  rmSync(program)
  return status === 0
}
