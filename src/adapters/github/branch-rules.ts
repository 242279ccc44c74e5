import { z } from 'zod'
import type { BranchRule } from '../../core/branch-rules.ts'
import { ownerAndRepo, type RepositoryClient } from './client.ts'
import { httpStatusOf } from './http-error.ts'

const rulesSchema = z.array(
  z.looseObject({
    type: z.string(),
    ruleset_source: z.string().nullish(),
    ruleset_id: z.number().nullish(),
    parameters: z.unknown().optional(),
  }),
)
type GitHubRule = z.infer<typeof rulesSchema>[number]

const patternSchema = z.looseObject({ operator: z.string(), pattern: z.string(), negate: z.boolean().nullish() })

/** One request; if a rule is found, one more for each ruleset, since the rules are listed for those who may bypass them too. */
export async function branchRules(repository: RepositoryClient, branch: string): Promise<BranchRule[]> {
  const rules = await readable(async () => {
    const at = { ...ownerAndRepo(repository), branch, per_page: 100 }
    return rulesSchema.parse(
      (await repository.client.octokit.request('GET /repos/{owner}/{repo}/rules/branches/{branch}', at)).data,
    )
  })
  const ids = new Set(rules?.flatMap(({ ruleset_id: id }) => id ?? []))
  const bypassed = new Set<number>()
  for (const id of ids) if (await bypasses(repository, id)) bypassed.add(id)
  return (rules ?? []).filter(({ ruleset_id: id }) => id == null || !bypassed.has(id)).map(ruleOf)
}

function ruleOf({ type, ruleset_source: source, parameters }: GitHubRule): BranchRule {
  const pattern = type === 'branch_name_pattern' ? patternSchema.safeParse(parameters).data : undefined
  return {
    type,
    source: source ?? 'this repository',
    ...(pattern && { name: { operator: pattern.operator, pattern: pattern.pattern, negate: pattern.negate === true } }),
  }
}

const rulesetSchema = z.looseObject({ current_user_can_bypass: z.string().nullish() })

async function bypasses(repository: RepositoryClient, id: number): Promise<boolean> {
  const ruleset = await readable(async () => {
    const at = { ...ownerAndRepo(repository), ruleset_id: id }
    return rulesetSchema.parse(
      (await repository.client.octokit.request('GET /repos/{owner}/{repo}/rulesets/{ruleset_id}', at)).data,
    )
  })
  return ['always', 'exempt'].includes(ruleset?.current_user_can_bypass ?? '')
}

/** Null if GitHub does not show it to us, or has no such route: the push will tell. */
async function readable<Value>(ask: () => Promise<Value>): Promise<Value | null> {
  try {
    return await ask()
  } catch (error) {
    const status = httpStatusOf(error)
    if (status !== null && status < 500) return null
    throw error
  }
}
