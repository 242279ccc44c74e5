import { git, topOf } from './git.ts'
import { gitInstall, packageOf } from './own-address.ts'

/** The version of the package, and the commit that it was taken from, if that can be known. */
export async function versionOf(home: string): Promise<string> {
  const version = (await packageOf(home))?.version ?? 'of an unknown version'
  const top = await topOf(home)
  const isCheckout = top !== null && `${top}/` === home.replace(/\/*$/, '/')
  const commit = isCheckout
    ? await git(home, 'describe', '--always', '--dirty', '--abbrev=12', '--exclude=*')
    : (await gitInstall(home)).commit?.slice(0, 12)
  return `tributary ${version}${commit ? ` (${commit})` : ''}`
}
