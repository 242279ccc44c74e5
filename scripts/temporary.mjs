// @ts-check
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, realpathSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file system in memory. There a new repository takes a tenth of the time that it takes on some disks. */
const MEMORY = '/dev/shm'
/** What tests leave there at one time, and some more. */
const ROOM_BYTES = 2e9

/** From this age on, the folder of a process that is gone is removed: one that was killed could not do it itself. */
const STALE_MS = 3_600_000

/**
 * A new folder for the temporary files of tests: in memory, unless TMPDIR names a place or memory cannot serve.
 * @param {string} prefix of its name
 * @param {string} place of the file system in memory
 * @returns {string} its path, without links
 */
export function temporaryRoot(prefix, place = MEMORY) {
  const memory = process.env.TMPDIR ? null : rootIn(place, prefix)
  if (memory !== null && runsPrograms(memory)) return memory
  if (memory !== null) rmSync(memory, { recursive: true })
  return realpathSync(mkdtempSync(join(tmpdir(), prefix)))
}

/**
 * @param {string} folder
 * @param {string} prefix
 */
function rootIn(folder, prefix) {
  try {
    removeStale(folder, prefix)
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize < ROOM_BYTES ? null : realpathSync(mkdtempSync(join(folder, `${prefix}${process.pid}-`)))
  } catch {
    return null
  }
}

/**
 * @param {string} folder
 * @param {string} prefix
 */
function removeStale(folder, prefix) {
  for (const name of readdirSync(folder)) {
    const pid = name.startsWith(prefix) ? Number(/^\d+(?=-)/.exec(name.slice(prefix.length))) : 0
    const path = join(folder, name)
    try {
      if (pid > 0 && !isAlive(pid) && Date.now() - statSync(path).mtimeMs > STALE_MS) rmSync(path, { recursive: true })
    } catch {
      // It belongs to another user, or another process removes it too.
    }
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/**
 * Containers often have such a folder, but run nothing that lies there.
 * @param {string} folder
 */
function runsPrograms(folder) {
  const program = join(folder, 'program')
  writeFileSync(program, '#!/bin/sh\n', { mode: 0o700 })
  const { status } = spawnSync(program)
  rmSync(program)
  return status === 0
}
