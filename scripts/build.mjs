// @ts-check
// Bundles the action and the command line into dist/. `--check` builds in memory and compares with what is committed.
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { bundleAll } from './bundle.mjs'
import { compare, filesUnder } from './compare.mjs'

const dist = join(import.meta.dirname, '..', 'dist')
const built = await bundleAll()

if (process.argv.includes('--check')) {
  const differences = await compare(dist, built)
  for (const difference of differences) console.error(difference)
  if (differences.length > 0) fail('dist/ is not what src/ builds: run `npm run bundle` and commit dist/')
  console.log(`dist/ is what src/ builds (${built.size} files)`)
} else {
  await write()
  for (const [path, bytes] of built) console.log(`dist/${path} ${Math.ceil(bytes.length / 1024)} KiB`)
}

async function write() {
  const stale = (await filesUnder(dist)).filter((path) => !built.has(path))
  for (const path of stale) await rm(join(dist, path))
  for (const [path, bytes] of built) {
    await mkdir(dirname(join(dist, path)), { recursive: true })
    await writeFile(join(dist, path), bytes, { mode: path === 'cli.js' ? 0o755 : 0o644 })
  }
}

/** @param {string} message */
function fail(message) {
  console.error(message)
  process.exit(1)
}
