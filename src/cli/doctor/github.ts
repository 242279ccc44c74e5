import { z } from 'zod'
import { SETTINGS_PATH } from '../../core/settings.ts'
import type { Remote } from '../remote.ts'
import { SETTINGS_BOX, WORKFLOW_PATH } from '../workflow-file.ts'
import { settingsFinding } from './checkout.ts'
import { type Finding, missing, unknown, well } from './finding.ts'
import { workflowFinding } from './workflow.ts'

export interface Access {
  api: string
  token: string
  remote: Remote
}

const repositorySchema = z.looseObject({ default_branch: z.string(), has_issues: z.boolean() })
const contentSchema = z.looseObject({ content: z.string(), encoding: z.literal('base64') })
const enabledSchema = z.looseObject({ enabled: z.boolean() })
const workflowPermissionsSchema = z.looseObject({ can_approve_pull_request_reviews: z.boolean() })

const NEEDS_ADMIN = 'it takes a token that may read the administration of the repository; otherwise look yourself'

/** What GitHub says of the repository. Nothing is written. */
export async function lookAtGitHub(access: Access): Promise<Finding[]> {
  const { owner, repo } = access.remote
  const repository = await ask(access, '', repositorySchema)
  if (!repository.ok) {
    return [
      unknown(`${owner}/${repo} cannot be read (${repository.status})`, 'set GITHUB_TOKEN to a token that may read it'),
    ]
  }
  const { default_branch: branch, has_issues: hasIssues } = repository.value
  const workflow = await file(access, WORKFLOW_PATH, branch)
  return [
    hasIssues ? well('issues are on') : missing('issues are off', 'Settings > General > Features > Issues'),
    workflowFinding(workflow, `on ${branch}`),
    settingsFinding(await file(access, SETTINGS_PATH, branch), `on ${branch}`),
    await actionsEnabled(access),
    await mayCreatePulls(access),
    await modelKey(access, workflow ?? ''),
  ]
}

const secretsSchema = z.looseObject({ secrets: z.array(z.looseObject({ name: z.string() })) })
const KEY = 'ANTHROPIC_API_KEY'

/** Names of secrets are told to administrators, values to nobody. */
async function modelKey(access: Access, workflow: string): Promise<Finding> {
  if (workflow.includes('ANTHROPIC_FEDERATION_RULE_ID'))
    return well("the workflow exchanges the job's identity for a token")
  const answer = await ask(access, '/actions/secrets?per_page=100', secretsSchema)
  if (!answer.ok) return unknown(`whether there is a secret ${KEY} (${answer.status})`, NEEDS_ADMIN)
  if (answer.value.secrets.some(({ name }) => name === KEY)) return well(`there is a secret ${KEY}`)
  return missing(
    `there is no secret ${KEY}: only plans by hand, with a program for each task, will work`,
    'Settings > Secrets and variables > Actions > New repository secret (a secret of the organisation does as well)',
  )
}

async function actionsEnabled(access: Access): Promise<Finding> {
  const answer = await ask(access, '/actions/permissions', enabledSchema)
  if (!answer.ok) return unknown(`whether Actions are on (${answer.status})`, NEEDS_ADMIN)
  return answer.value.enabled
    ? well('Actions are on')
    : missing('Actions are off', 'Settings > Actions > General > Actions permissions')
}

async function mayCreatePulls(access: Access): Promise<Finding> {
  const answer = await ask(access, '/actions/permissions/workflow', workflowPermissionsSchema)
  if (!answer.ok)
    return unknown(`whether Actions may create pull requests (${answer.status})`, `${NEEDS_ADMIN}: ${SETTINGS_BOX}`)
  if (answer.value.can_approve_pull_request_reviews) return well('Actions may create pull requests')
  return missing('Actions may not create pull requests: runs go on without them, on the issue', `tick ${SETTINGS_BOX}`)
}

async function file(access: Access, path: string, ref: string): Promise<string | null> {
  const answer = await ask(access, `/contents/${path}?ref=${encodeURIComponent(ref)}`, contentSchema)
  return answer.ok ? Buffer.from(answer.value.content, 'base64').toString('utf8') : null
}

type Answer<Value> = { ok: true; value: Value } | { ok: false; status: number }

async function ask<Schema extends z.ZodType>(
  access: Access,
  path: string,
  schema: Schema,
): Promise<Answer<z.infer<Schema>>> {
  const { api, token, remote } = access
  const response = await fetch(`${api}/repos/${remote.owner}/${remote.repo}${path}`, {
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token}`,
      'x-github-api-version': '2022-11-28',
    },
  })
  if (!response.ok) return { ok: false, status: response.status }
  return { ok: true, value: schema.parse(await response.json()) }
}
