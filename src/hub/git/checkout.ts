import { Unfit } from '../unfit.ts'
import { hubGitEnvironment, runHubGit } from './run.ts'

/** What the hub copies of a checkout. */
export interface Checkout {
  branch: string
  /** Its commit, if it is on no branch. */
  detachedAt: string | null
}

/** git in a checkout that may belong to another user, as in a container; it is only read. */
export const gitIn = (checkout: string, args: readonly string[]) =>
  runHubGit(args, {
    cwd: checkout,
    env: { ...hubGitEnvironment(), GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' },
  })

/** Throws for what no hub can be made of. */
export async function inspectCheckout(checkout: string): Promise<Checkout> {
  const line = async (...args: string[]) => (await gitIn(checkout, args)).stdout.toString('utf8').trim()
  const head = await line('rev-parse', '--verify', '--quiet', 'HEAD^{commit}')
  if (head === '')
    throw new Unfit(`${checkout} has no commit to serve; in it, run: git init && git add . && git commit -m "First"`)
  if ((await line('rev-parse', '--is-shallow-repository')) === 'true')
    throw new Unfit(
      `${checkout} is a shallow clone, and a hub needs the whole history; in it, run: git fetch --unshallow`,
    )
  const branch = await line('symbolic-ref', '--short', '--quiet', 'HEAD')
  return branch === '' ? { branch: 'main', detachedAt: head } : { branch, detachedAt: null }
}
