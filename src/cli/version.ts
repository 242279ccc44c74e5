import { git, topOf } from './git.ts'
import { packageOf } from './own-address.ts'

/** The version of the package, and the commit of the checkout it runs from, if it is one. */
export async function versionOf(home: string): Promise<string> {
  const version = (await packageOf(home))?.version ?? 'of an unknown version'
  const top = await topOf(home)
  const isCheckout = top !== null && `${top}/` === home.replace(/\/*$/, '/')
  const commit = isCheckout ? await git(home, 'describe', '--always', '--dirty', '--abbrev=12', '--exclude=*') : null
  return `tributary ${version}${commit === null ? '' : ` (${commit})`}`
}
