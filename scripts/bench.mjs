// @ts-check
// Bundles the benchmarks beside the installed packages, and runs them. Arguments are theirs.
import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { rawText } from './raw-text.mjs'

const root = join(import.meta.dirname, '..')
const outfile = join(root, 'node_modules', '.cache', 'bench', 'main.mjs')

/** CommonJS packages call `require` for Node's own modules, which an ES module does not have. */
const require = `import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);`

/**
 * A bundled module lies elsewhere than its source: each source that asks for its folder is told its own.
 * @type {import('esbuild').Plugin}
 */
const ownFolder = {
  name: 'own-folder',
  setup(bundle) {
    bundle.onLoad({ filter: /[\\/](?:__tests__|bench)[\\/].*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      return { contents: source.replaceAll('import.meta.dirname', JSON.stringify(dirname(path))), loader: 'ts' }
    })
  },
}

await build({
  absWorkingDir: root,
  entryPoints: { main: 'bench/main.ts', writer: 'bench/state/writer.ts' },
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  outdir: join(outfile, '..'),
  outExtension: { '.js': '.mjs' },
  splitting: true,
  mainFields: ['module', 'main'],
  // The library that draws stays outside, and is loaded by those who want a drawing.
  external: ['vega', 'vega-lite', '@actions/artifact', 'esbuild'],
  logLevel: 'warning',
  plugins: [rawText(root), ownFolder],
  banner: { js: require },
})
const { status } = spawnSync(process.execPath, ['--expose-gc', outfile, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
})
process.exitCode = status ?? 1
