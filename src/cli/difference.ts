import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What would have to change in a text to become another, as git shows it. */
export async function difference(name: string, from: string, to: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-init-'))
  try {
    await writeFile(join(folder, 'present'), from)
    await writeFile(join(folder, 'wanted'), to)
    const lines = (await diff(folder)).trimEnd().split('\n')
    // The names of two temporary files say nothing.
    return [
      `--- ${name} (yours)`,
      `+++ ${name} (of this version)`,
      ...lines.slice(lines.findIndex((line) => line.startsWith('@@'))),
    ]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const diff = (cwd: string): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(
      'git',
      ['diff', '--no-index', '--no-color', '--no-ext-diff', 'present', 'wanted'],
      { cwd, encoding: 'utf8' },
      (error, out) => {
        // 1 says that there is a difference.
        if (error !== null && error.code !== 1) reject(error)
        else resolve(out)
      },
    )
  })
