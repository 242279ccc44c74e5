// @ts-check
import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

/**
 * `import text from './file.yml?raw'`, as vitest reads it too: the file itself, word for word.
 * @param {string} root bundled modules are named relative to it, so that no machine's folders reach a hash
 * @returns {import('esbuild').Plugin}
 */
export const rawText = (root) => ({
  name: 'raw-text',
  setup(build) {
    build.onResolve({ filter: /\?raw$/ }, (asked) => ({
      path: relative(root, join(asked.resolveDir, asked.path.slice(0, -'?raw'.length))),
      namespace: 'raw-text',
    }))
    build.onLoad({ filter: /.*/, namespace: 'raw-text' }, async (asked) => ({
      contents: await readFile(join(root, asked.path), 'utf8'),
      loader: 'text',
    }))
  },
})
