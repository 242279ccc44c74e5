import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The licence texts of every package of which something was bundled.
 * @param {string} root
 * @param {readonly string[]} inputs paths of bundled files, relative to the root
 * @returns {Promise<string>}
 */
export async function licenses(root, inputs) {
  const folders = new Set(inputs.map(packageFolder).filter((folder) => folder !== ''))
  const texts = []
  for (const folder of [...folders].sort()) texts.push(await licenseOf(join(root, folder)))
  return [...new Set(texts)].join('\n')
}

/** @param {string} path */
const packageFolder = (path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? ''

/** @param {string} folder */
async function licenseOf(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const file = (await readdir(folder)).sort().find((entry) => /^licen[sc]e(\.|$|-)/i.test(entry))
  const text = file === undefined ? 'The package holds no licence file.' : await readFile(join(folder, file), 'utf8')
  const head = `${name} ${version} (${license ?? 'no licence named'})`
  return `${head}\n${'-'.repeat(head.length)}\n${text.replaceAll('\r', '').trim()}\n`
}
