import { StepFailure } from './child.ts'

/** What to check out: a ref, a commit, or a ref as it was at a commit. */
export interface Target {
  readonly ref: string
  readonly sha: string
}

export function targetOf(asked: string, eventRef: string, eventSha: string): Target {
  if (asked === '') return { ref: eventRef, sha: eventSha }
  return /^[0-9a-f]{40}$/i.test(asked) ? { ref: '', sha: asked } : { ref: asked, sha: '' }
}

const tracking = (ref: string): string =>
  ref.replace(/^refs\/heads\//, 'refs/remotes/origin/').replace(/^refs\/pull\//, 'refs/remotes/pull/')

export function fetchSpecs({ ref, sha }: Target): string[] {
  if (ref === '') return [sha]
  if (ref.startsWith('refs/')) return [`+${sha || ref}:${tracking(ref)}`]
  return [`+refs/heads/${ref}*:refs/remotes/origin/${ref}*`, `+refs/tags/${ref}*:refs/tags/${ref}*`]
}

type Reads = (...args: string[]) => Promise<string | undefined>

export async function checkoutArguments({ ref, sha }: Target, reads: Reads): Promise<string[]> {
  const detached = (revision: string): string[] => ['checkout', '--quiet', '--force', '--detach', revision]
  const branch = (name: string): string[] => [
    'checkout',
    '--quiet',
    '--force',
    '-B',
    name,
    `refs/remotes/origin/${name}`,
  ]
  if (ref === '') return detached(sha)
  if (ref.startsWith('refs/heads/')) return branch(ref.slice('refs/heads/'.length))
  if (ref.startsWith('refs/')) return detached(tracking(ref))
  const exists = async (full: string): Promise<boolean> =>
    (await reads('rev-parse', '-q', '--verify', full)) !== undefined
  if (await exists(`refs/remotes/origin/${ref}`)) return branch(ref)
  if (await exists(`refs/tags/${ref}`)) return detached(`refs/tags/${ref}`)
  throw new StepFailure(`A branch or tag with the name '${ref}' could not be found`)
}
