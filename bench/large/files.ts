import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeRepository } from '../../__tests__/e2e/support/repository.ts'

const A_FOLDER = 40

/** A checkout of the tests' small repository and so many other files, 40 to a folder and 40 folders to another, committed. */
export function largeCheckout(folder: string, files: number, settings: string): string {
  const checkout = makeRepository(folder, { '.github/tributary.yml': settings })
  for (let index = 0; index < files; index += 1) {
    const inner = Math.floor(index / A_FOLDER)
    const at = join(checkout, 'src', `part${Math.floor(inner / A_FOLDER)}`, `unit${inner % A_FOLDER}`)
    if (index % A_FOLDER === 0) mkdirSync(at, { recursive: true })
    writeFileSync(join(at, `file${index % A_FOLDER}.ts`), `export const value${index} = ${index}\n`)
  }
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: checkout, stdio: ['ignore', 'ignore', 'inherit'] })
  git('add', '--all')
  git('-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.org', 'commit', '--quiet', '-m', 'Many files')
  return checkout
}
