// @ts-check
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

/**
 * What differs between a folder and what should be in it, byte for byte; a file too many differs too.
 * @param {string} folder
 * @param {Map<string, Uint8Array>} wanted
 * @returns {Promise<string[]>}
 */
export async function compare(folder, wanted) {
  const present = await filesUnder(folder)
  const tooMany = present.filter((path) => !wanted.has(path)).map((path) => `not built from src: dist/${path}`)
  const missing = [...wanted.keys()].filter((path) => !present.includes(path)).map((path) => `missing: dist/${path}`)
  const other = []
  for (const path of present.filter((path) => wanted.has(path))) {
    const bytes = await readFile(join(folder, path))
    if (!bytes.equals(wanted.get(path) ?? new Uint8Array())) other.push(`differs: dist/${path}`)
  }
  return [...tooMany, ...missing, ...other]
}

/**
 * @param {string} folder
 * @returns {Promise<string[]>}
 */
export async function filesUnder(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort()
}
