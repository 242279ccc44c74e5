import { z } from 'zod'
import { SETTINGS_PATH } from '../../core/settings.ts'
import { ghFor } from '../gh.ts'
import { SETTINGS_BOX, WORKFLOW_PATH } from '../workflow-file.ts'
import { lookAtAddress, lookAtPolicies } from './address.ts'
import { type Access, ask, NEEDS_ADMIN, Unreachable } from './ask.ts'
import { settingsFindings } from './checkout.ts'
import { type Finding, missing, unknown, warning, well } from './finding.ts'
import { lookAtRules } from './rules.ts'
import { addressFaults, usedActions, workflowFinding } from './workflow.ts'

const repositorySchema = z.looseObject({ default_branch: z.string(), has_issues: z.boolean() })
const contentSchema = z.looseObject({ content: z.string(), encoding: z.literal('base64') })
const workflowPermissionsSchema = z.looseObject({
  default_workflow_permissions: z.enum(['read', 'write']),
  can_approve_pull_request_reviews: z.boolean(),
})

/** What GitHub says of the repository. `own` is the workflow of the checkout, for what is not pushed yet. Nothing is written. */
export async function lookAtGitHub(access: Access, own: string | null, command: string): Promise<Finding[]> {
  const { owner, repo } = access.remote
  const repository = await ask(access, '', repositorySchema)
  if (!repository.ok) {
    return [
      missing(
        `${owner}/${repo} cannot be read (${repository.status})`,
        'correct the address of the remote, or set GITHUB_TOKEN to a token that may read it',
      ),
    ]
  }
  const { default_branch: branch, has_issues: hasIssues } = repository.value
  const workflow = await file(access, WORKFLOW_PATH, branch)
  const { ours, all } = usedActions(workflow ?? own ?? '')
  return [
    hasIssues ? well('issues are on') : missing('issues are off', 'Settings > General > Features > Issues'),
    workflowFinding(workflow, `on ${branch}`, command),
    ...addressFaults(workflow, `on ${branch}`),
    ...settingsFindings(await file(access, SETTINGS_PATH, branch), `on ${branch}`),
    ...(await Promise.all(ours.map((uses) => lookAtAddress(access, uses)))).flat(),
    ...(await lookAtPolicies(access, all)),
    ...(await lookAtRules(access)),
    ...(await workflowPermissions(access)),
    await modelKey(access, workflow ?? ''),
  ]
}

const secretsSchema = z.looseObject({ secrets: z.array(z.looseObject({ name: z.string() })) })
const KEY = 'ANTHROPIC_API_KEY'

/** Names of secrets are told to administrators, values to nobody. */
async function modelKey(access: Access, workflow: string): Promise<Finding> {
  if (workflow.includes('ANTHROPIC_FEDERATION_RULE_ID'))
    return well("the workflow exchanges the job's identity for a token")
  for (const path of ['/actions/secrets', '/actions/organization-secrets']) {
    const answer = await ask(access, `${path}?per_page=100`, secretsSchema)
    if (!answer.ok) return unknown(`whether there is a secret ${KEY} (${answer.status})`, NEEDS_ADMIN)
    if (answer.value.secrets.some(({ name }) => name === KEY)) return well(`there is a secret ${KEY}`)
  }
  return missing(
    `there is no secret ${KEY}: only plans by hand, with a program for each task, will work`,
    ghFor(access.remote).setSecret(KEY),
  )
}

async function workflowPermissions(access: Access): Promise<Finding[]> {
  const answer = await ask(access, '/actions/permissions/workflow', workflowPermissionsSchema)
  if (!answer.ok)
    return [unknown(`whether Actions may create pull requests (${answer.status})`, `${NEEDS_ADMIN}: ${SETTINGS_BOX}`)]
  const { can_approve_pull_request_reviews: mayCreate, default_workflow_permissions: byDefault } = answer.value
  return [
    mayCreate
      ? well('Actions may create pull requests')
      : warning(
          'Actions may not create pull requests: runs go on without them, on the issue',
          `tick ${SETTINGS_BOX}, or: ${ghFor(access.remote).allowPulls}`,
        ),
    byDefault === 'read'
      ? well('tokens of workflows can only read unless a workflow asks for more')
      : warning(
          'tokens of workflows can write unless a workflow asks for less; this one does, others may not',
          'Settings > Actions > General > Workflow permissions > Read repository contents and packages permissions',
        ),
  ]
}

const NOT_FOUND = 404

async function file(access: Access, path: string, ref: string): Promise<string | null> {
  const answer = await ask(access, `/contents/${path}?ref=${encodeURIComponent(ref)}`, contentSchema)
  if (answer.ok) return Buffer.from(answer.value.content, 'base64').toString('utf8')
  if (answer.status === NOT_FOUND) return null
  throw new Unreachable(`${new URL(access.api).host} did not hand out ${path} (${answer.status})`, {
    fix: 'start it again in a while; the token needs to read the contents of the repository',
  })
}
