// @ts-check
import { join } from 'node:path'
import { build } from 'esbuild'
import { lean } from './lean.mjs'
import { licenses } from './licenses.mjs'
import { rawText } from './raw-text.mjs'

const root = join(import.meta.dirname, '..')

/** CommonJS packages call `require` for Node's own modules, which an ES module does not have. */
const require = `import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);`

/** @type {import('esbuild').BuildOptions} */
const options = {
  absWorkingDir: root,
  bundle: true,
  write: false,
  metafile: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  mainFields: ['module', 'main'],
  // What the action and the command line share stands once, and what only one of them needs, such as the hub, is loaded
  // by that one alone. Lazy imports become files of their own too: the artifact client is loaded by the slots.
  splitting: true,
  entryPoints: { index: 'src/index.ts', cli: 'src/cli.ts' },
  chunkNames: 'chunks/[name]-[hash]',
  // Names stay, so that a stack trace in a job's log says something.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  charset: 'utf8',
  outdir: 'dist',
  logLevel: 'warning',
  plugins: [rawText(root), lean],
  banner: { js: require },
}

/**
 * Every file of dist/ by its path there. Nothing of the machine or the hour is in it.
 * @returns {Promise<Map<string, Uint8Array>>}
 */
export async function bundleAll() {
  const result = await build(options)
  const files = new Map()
  for (const file of result.outputFiles ?? []) {
    files.set(file.path.slice(join(root, 'dist').length + 1), file.contents)
  }
  const inputs = Object.keys(result.metafile?.inputs ?? {})
  files.set('licenses.txt', new TextEncoder().encode(await licenses(root, inputs)))
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)))
}
