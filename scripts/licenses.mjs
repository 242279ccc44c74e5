// @ts-check
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The licence texts of every package of which something was bundled, each text once.
 * @param {string} root
 * @param {readonly string[]} inputs paths of bundled files, relative to the root
 * @returns {Promise<string>}
 */
export async function licenses(root, inputs) {
  const folders = new Set(inputs.map(packageFolder).filter((folder) => folder !== ''))
  const packages = new Map()
  for (const folder of [...folders].sort()) {
    const { name, text } = await licenseOf(join(root, folder))
    packages.set(text, [...new Set([...(packages.get(text) ?? []), name])])
  }
  return [...packages].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`).join(`\n${'-'.repeat(80)}\n\n`)
}

/** @param {string} path */
const packageFolder = (path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? ''

/** @param {string} folder */
async function licenseOf(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
  const file = (await readdir(folder)).sort().find((entry) => /^licen[sc]e(\.|$|-)/i.test(entry))
  const text = file === undefined ? 'The package holds no licence file.' : await readFile(join(folder, file), 'utf8')
  return { name: `${name} ${version} (${license ?? 'no licence named'})`, text: text.replaceAll('\r', '').trim() }
}
