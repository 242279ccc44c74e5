import { basename, resolve } from 'node:path'

/** Who owns a repository that has no owner yet. */
const OWNER = 'local'

export function nameOf(folder: string, name: string | undefined): { owner: string; repo: string } {
  const [owner = OWNER, repo = plain(basename(resolve(folder)))] = name?.split('/', 2) ?? []
  return { owner, repo }
}

/** GitHub's alphabet for repository names. */
const plain = (text: string): string => text.replace(/\.git$/, '').replace(/[^A-Za-z0-9._-]+/g, '-') || 'repository'
