// @ts-check
// Bundles the benchmarks beside the installed packages, and runs them. Arguments are theirs.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { build } from 'esbuild'
import { rawText } from './raw-text.mjs'

const root = join(import.meta.dirname, '..')
const outfile = join(root, 'node_modules', '.cache', 'bench', 'main.mjs')

/** CommonJS packages call `require` for Node's own modules, which an ES module does not have. */
const require = `import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);`

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
  plugins: [rawText(root)],
  banner: { js: require },
  // The one file that asks where it lies is the end-to-end tests' repository.
  define: { 'import.meta.dirname': JSON.stringify(join(root, '__tests__', 'e2e', 'support')) },
})
const { status } = spawnSync(process.execPath, ['--expose-gc', outfile, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
})
process.exitCode = status ?? 1
