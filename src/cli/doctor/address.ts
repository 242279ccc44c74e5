import { z } from 'zod'
import { type ActionAddress, isCommit, isLocal, parseAddress, usesText } from '../address.ts'
import { askGitHub, askOf, type GitHubAccess, NEEDS_ADMIN } from './api.ts'
import { type DoctorFinding, missingFinding, unknown, warning, well } from './finding.ts'

const repositorySchema = z.looseObject({ private: z.boolean() })
const accessSchema = z.looseObject({ access_level: z.string() })

/** Checks that the action exists and that this repository may use it. `addressFaults` reports invalid addresses. */
export async function checkAddress(access: GitHubAccess, uses: string): Promise<DoctorFinding[]> {
  if (isLocal(uses)) return [well(`the action is in this repository (${uses})`)]
  const address = parseAddress(uses)
  if (address === null) return []
  const repository = await askOf(access, `${address.owner}/${address.repo}`, repositorySchema)
  if (!repository.ok)
    return [
      notFound(
        repository.status,
        `the action's repository ${address.owner}/${address.repo} does not exist`,
        'correct it behind `uses: &tributary`; if it is private, this token may not be able to see it',
      ),
    ]
  const file = await actionFile(access, address)
  if (file !== null) return [file]
  return [
    well(`the action ${usesText(address)} exists`),
    pinning(address),
    ...(await sharing(access, address, repository.value.private)),
  ].filter((one) => one !== null)
}

async function actionFile(
  access: GitHubAccess,
  { owner, repo, path, ref }: ActionAddress,
): Promise<DoctorFinding | null> {
  const asked = `${owner}/${repo}/contents${path}/action.yml?ref=${encodeURIComponent(ref)}`
  const answer = await askOf(access, asked, z.unknown())
  if (answer.ok) return null
  return notFound(
    answer.status,
    `${owner}/${repo} has no ${path === '' ? '' : `${path.slice(1)}/`}action.yml at ${ref}`,
    `name a tag, a branch or a commit that exists: https://${access.remote.host}/${owner}/${repo}/tags`,
  )
}

/** Only a 404 shows that something is missing; a rate limit or a server error does not. */
const notFound = (status: number, what: string, todo: string): DoctorFinding =>
  status === 404
    ? missingFinding(`${what} (404)`, todo)
    : unknown(
        `whether the action exists where the workflow says (${status})`,
        'try again later; for a 401 or 403, this token may lack access',
      )

const pinning = ({ ref }: ActionAddress): DoctorFinding | null =>
  isCommit(ref)
    ? null
    : warning(
        `the action is pinned to '${ref}', which can move`,
        'pin it to a commit, with the name in a comment behind it',
      )

/** A private repository shares its actions only if its settings allow it. */
async function sharing(access: GitHubAccess, address: ActionAddress, isPrivate: boolean): Promise<DoctorFinding[]> {
  const { owner, repo } = access.remote
  if (!isPrivate || (address.owner === owner && address.repo === repo)) return []
  const name = `${address.owner}/${address.repo}`
  const answer = await askOf(access, `${name}/actions/permissions/access`, accessSchema)
  const where = `Settings > Actions > General > Access (https://${access.remote.host}/${name}/settings/actions)`
  if (!answer.ok)
    return [unknown(`whether the private ${name} shares its action (${answer.status})`, `check yourself: ${where}`)]
  if (answer.value.access_level !== 'none') return [well(`the private ${name} shares its action`)]
  return [missingFinding(`${name} is private and does not share its action with other repositories`, where)]
}

const policySchema = z.looseObject({
  enabled: z.boolean(),
  allowed_actions: z.enum(['all', 'local_only', 'selected']).optional(),
  sha_pinning_required: z.boolean().optional(),
})
const selectedSchema = z.looseObject({
  github_owned_allowed: z.boolean().optional(),
  patterns_allowed: z.array(z.string()).default([]),
})
const PLACE = 'Settings > Actions > General > Actions permissions'

/** Whether the repository lets its workflows run at all, and with these actions. */
export async function checkPolicies(access: GitHubAccess, used: readonly string[]): Promise<DoctorFinding[]> {
  const answer = await askGitHub(access, '/actions/permissions', policySchema)
  if (!answer.ok) return [unknown(`whether Actions are on (${answer.status})`, NEEDS_ADMIN)]
  const { enabled, allowed_actions: allowed = 'all', sha_pinning_required: mustPin = false } = answer.value
  if (!enabled) return [missingFinding('Actions are off', PLACE)]
  const addresses = used.flatMap((uses) => parseAddress(uses) ?? [])
  const loose = mustPin ? addresses.filter(({ ref }) => !isCommit(ref)) : []
  return [
    well('Actions are on'),
    ...loose.map((one) =>
      missingFinding(
        `this repository requires actions pinned to a commit, and ${usesText(one)} is not`,
        `pin it to its commit, or change ${PLACE}`,
      ),
    ),
    ...(await forbidden(access, allowed, addresses)),
  ]
}

async function forbidden(
  access: GitHubAccess,
  allowed: 'all' | 'local_only' | 'selected',
  addresses: readonly ActionAddress[],
): Promise<DoctorFinding[]> {
  if (allowed === 'all') return []
  const own = access.remote.owner.toLowerCase()
  const isOwn = ({ owner }: ActionAddress) => owner.toLowerCase() === own
  if (allowed === 'local_only')
    return addresses
      .filter((one) => !isOwn(one))
      .map((one) => notAllowed(one, `only actions of ${access.remote.owner} are`))
  const answer = await askGitHub(access, '/actions/permissions/selected-actions', selectedSchema)
  if (!answer.ok) return [unknown(`which actions are allowed (${answer.status})`, NEEDS_ADMIN)]
  const { github_owned_allowed: githubs = false, patterns_allowed: patterns } = answer.value
  const isAllowed = (one: ActionAddress): boolean =>
    isOwn(one) || (githubs && /^(actions|github)$/i.test(one.owner)) || matches(usesText(one), patterns)
  return addresses.filter((one) => !isAllowed(one)).map((one) => notAllowed(one, 'only selected actions are'))
}

const notAllowed = (one: ActionAddress, why: string): DoctorFinding =>
  missingFinding(
    `the action ${usesText(one)} is not allowed here: ${why}`,
    `${PLACE}: allow ${one.owner}/${one.repo}@*`,
  )

/** GitHub's patterns: `*` stands for anything, `!` takes away. */
function matches(uses: string, patterns: readonly string[]): boolean {
  const fits = (pattern: string) =>
    new RegExp(
      `^${pattern
        .split('*')
        .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
        .join('.*')}$`,
      'i',
    ).test(uses)
  const without = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1))
  return patterns.some((pattern) => !pattern.startsWith('!') && fits(pattern)) && !without.some(fits)
}
