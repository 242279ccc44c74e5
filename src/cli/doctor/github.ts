import { z } from 'zod'
import { ruleEffect } from '../../core/branch-rules.ts'
import { trunkBranch } from '../../core/ids.ts'
import { SETTINGS_PATH } from '../../core/settings.ts'
import { SETTINGS_BOX, WORKFLOW_PATH } from '../example-files.ts'
import { ghFor } from '../remote.ts'
import { checkAddress, checkPolicies } from './address.ts'
import { askGitHub, type GitHubAccess, NEEDS_ADMIN, Unreachable } from './api.ts'
import { type DoctorFinding, missingFinding, unknown, warning, well } from './finding.ts'
import { addressFaults, settingsFindings, usedActions, workflowFinding } from './workflow.ts'

const repositorySchema = z.looseObject({ default_branch: z.string(), has_issues: z.boolean() })
const contentSchema = z.looseObject({ content: z.string(), encoding: z.literal('base64') })
const workflowPermissionsSchema = z.looseObject({
  default_workflow_permissions: z.enum(['read', 'write']),
  can_approve_pull_request_reviews: z.boolean(),
})

/** Checks the repository on GitHub. `own`: the workflow of the checkout, in case it is not pushed yet. Writes nothing. */
export async function checkGitHub(access: GitHubAccess, own: string | null, command: string): Promise<DoctorFinding[]> {
  const { owner, repo } = access.remote
  const repository = await askGitHub(access, '', repositorySchema)
  if (!repository.ok) {
    return [
      missingFinding(
        `${owner}/${repo} cannot be read (${repository.status})`,
        "correct the remote's address, or set GITHUB_TOKEN to a token that may read it",
      ),
    ]
  }
  const { default_branch: branch, has_issues: hasIssues } = repository.value
  const workflow = await file(access, WORKFLOW_PATH, branch)
  const { ours, all } = usedActions(workflow ?? own ?? '')
  return [
    hasIssues ? well('issues are on') : missingFinding('issues are off', 'Settings > General > Features > Issues'),
    workflowFinding(workflow, `on ${branch}`, command),
    ...addressFaults(workflow, `on ${branch}`),
    ...settingsFindings(await file(access, SETTINGS_PATH, branch), `on ${branch}`),
    ...(await Promise.all(ours.map((uses) => checkAddress(access, uses)))).flat(),
    ...(await checkPolicies(access, all)),
    ...(await lookAtRules(access)),
    ...(await workflowPermissions(access)),
    await modelKey(access, workflow ?? ''),
  ]
}

const secretsSchema = z.looseObject({ secrets: z.array(z.looseObject({ name: z.string() })) })
const KEY = 'ANTHROPIC_API_KEY'

/** GitHub shows names of secrets to administrators only, and values never. */
async function modelKey(access: GitHubAccess, workflow: string): Promise<DoctorFinding> {
  if (workflow.includes('ANTHROPIC_FEDERATION_RULE_ID'))
    return well("the workflow uses the job's identity in place of a key")
  for (const path of ['/actions/secrets', '/actions/organization-secrets']) {
    const answer = await askGitHub(access, `${path}?per_page=100`, secretsSchema)
    if (!answer.ok) return unknown(`whether the secret ${KEY} exists (${answer.status})`, NEEDS_ADMIN)
    if (answer.value.secrets.some(({ name }) => name === KEY)) return well(`the secret ${KEY} exists`)
  }
  return missingFinding(
    `the secret ${KEY} is missing: only plans by hand with a program for each task will work`,
    ghFor(access.remote).setSecret(KEY),
  )
}

async function workflowPermissions(access: GitHubAccess): Promise<DoctorFinding[]> {
  const answer = await askGitHub(access, '/actions/permissions/workflow', workflowPermissionsSchema)
  if (!answer.ok)
    return [unknown(`whether Actions may create pull requests (${answer.status})`, `${NEEDS_ADMIN}: ${SETTINGS_BOX}`)]
  const { can_approve_pull_request_reviews: mayCreate, default_workflow_permissions: byDefault } = answer.value
  return [
    mayCreate
      ? well('Actions may create pull requests')
      : warning(
          'Actions may not create pull requests: runs work without them, on the issue',
          `tick ${SETTINGS_BOX}, or: ${ghFor(access.remote).allowPulls}`,
        ),
    byDefault === 'read'
      ? well('workflow tokens are read-only by default')
      : warning(
          "workflow tokens can write by default; Tributary's workflow restricts its own, other workflows may not",
          'Settings > Actions > General > Workflow permissions > Read repository contents and packages permissions',
        ),
  ]
}

const NOT_FOUND = 404

async function file(access: GitHubAccess, path: string, ref: string): Promise<string | null> {
  const answer = await askGitHub(access, `/contents/${path}?ref=${encodeURIComponent(ref)}`, contentSchema)
  if (answer.ok) return Buffer.from(answer.value.content, 'base64').toString('utf8')
  if (answer.status === NOT_FOUND) return null
  throw new Unreachable(`${new URL(access.api).host} did not return ${path} (${answer.status})`, {
    fix: "try again later; the token needs to read the repository's contents",
  })
}

const rulesSchema = z.array(z.looseObject({ type: z.string(), ruleset_source: z.string().optional() }))

/** Rulesets on a branch that does not exist yet can be asked for by its name. */
async function lookAtRules(access: GitHubAccess): Promise<DoctorFinding[]> {
  const branch = trunkBranch('1')
  const answer = await askGitHub(access, `/rules/branches/${encodeURIComponent(branch)}`, rulesSchema)
  if (!answer.ok) return [unknown(`whether a ruleset covers tributary/** (${answer.status})`, 'check Settings > Rules')]
  const found = answer.value.flatMap(({ type, ruleset_source: source = 'this repository' }): DoctorFinding[] => {
    const found = ruleEffect({ type, source }, branch)
    if (found === null) return []
    const todo = `Settings > Rules > Rulesets of ${source}: exclude tributary/**`
    return [(found.refuses ? missingFinding : warning)(`the rule '${type}' covers ${branch}: ${found.effect}`, todo)]
  })
  return found.length > 0 ? found : [well('no ruleset blocks tributary/**')]
}
