// @ts-check
// Prints the notes of a release, or says why there cannot be one: node scripts/release-notes.mjs v1.2.3
import { readFileSync } from 'node:fs'
import { notesOf } from './changelog.mjs'

/** @param {string} path */
const text = (path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')

const [tag = ''] = process.argv.slice(2)
const found = notesOf(text('CHANGELOG.md'), { tag, version: JSON.parse(text('package.json')).version })
if (found.ok) console.log(found.notes)
else {
  console.error(`No release: ${found.why}`)
  process.exitCode = 1
}
