// @ts-check
import { join } from 'node:path'
import { build } from 'esbuild'
import { licenses } from './licenses.mjs'
import { rawText } from './raw-text.mjs'

const root = join(import.meta.dirname, '..')

/** CommonJS packages call `require` for Node's own modules, which an ES module does not have. */
const require = `import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);`

/** @type {import('esbuild').BuildOptions} */
const common = {
  absWorkingDir: root,
  bundle: true,
  write: false,
  metafile: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  mainFields: ['module', 'main'],
  // Lazy imports become files of their own: the artifact client is loaded by the slots alone.
  splitting: true,
  // Names stay, so that a stack trace in a job's log says something.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  charset: 'utf8',
  outdir: 'dist',
  logLevel: 'warning',
  plugins: [rawText(root)],
  banner: { js: require },
}

/**
 * The action and the command line share no file, so that the hub is no part of what a job loads.
 * @type {import('esbuild').BuildOptions[]}
 */
const bundles = [
  { entryPoints: { index: 'src/index.ts' }, chunkNames: 'index/[name]-[hash]' },
  { entryPoints: { cli: 'src/cli.ts' }, chunkNames: 'cli/[name]-[hash]' },
]

/**
 * Every file of dist/ by its path there. Nothing of the machine or the hour is in it.
 * @returns {Promise<Map<string, Uint8Array>>}
 */
export async function bundleAll() {
  const results = await Promise.all(bundles.map((bundle) => build({ ...common, ...bundle })))
  const files = new Map()
  for (const file of results.flatMap((result) => result.outputFiles ?? [])) {
    files.set(file.path.slice(join(root, 'dist').length + 1), file.contents)
  }
  const inputs = results.flatMap((result) => Object.keys(result.metafile?.inputs ?? {}))
  files.set('licenses.txt', new TextEncoder().encode(await licenses(root, inputs)))
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)))
}
