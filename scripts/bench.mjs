// @ts-check
// Bundles the benchmarks beside the installed packages, and runs them. Arguments are theirs.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { build } from 'esbuild'
import { rawText } from './raw-text.mjs'

const root = join(import.meta.dirname, '..')
const outfile = join(root, 'node_modules', '.cache', 'bench', 'main.mjs')

await build({
  absWorkingDir: root,
  entryPoints: ['bench/main.ts'],
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  outdir: join(outfile, '..'),
  outExtension: { '.js': '.mjs' },
  splitting: true,
  packages: 'external',
  logLevel: 'warning',
  plugins: [rawText(root)],
})
const { status } = spawnSync(process.execPath, ['--expose-gc', outfile, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
})
process.exitCode = status ?? 1
