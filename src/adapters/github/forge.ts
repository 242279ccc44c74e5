import { z } from 'zod'
import type { Forge, Role, Said } from '../../ports/forge.ts'
import { LimitReached } from '../../ports/rate-limit.ts'
import { autoMerge } from './auto-merge.ts'
import { branchRules } from './branch-rules.ts'
import { ownerAndRepo, REPEATABLE, type RepositoryClient } from './client.ts'
import { allComments, botComments, reply, replyInThread, said } from './comments.ts'
import { httpStatusOf } from './http-error.ts'
import { openNames } from './names.ts'
import { openPublishing } from './publish.ts'
import { pullAt } from './pulls.ts'
import { askReviewers } from './review-requests.ts'
import { lineComments, lookAtPulls } from './reviews.ts'
import { dispatch, dispatched, orchestratorAlive } from './workflow-runs.ts'

export interface ForgeOptions extends RepositoryClient {
  /** The name of our workflow file in `.github/workflows`. */
  workflowFile: string
  /** The login that our token writes under; requested from GitHub if absent. */
  self?: string
  /** Threads that will be written on: their ids are asked for with what is asked first. */
  threads?: readonly number[]
}

export function openForge({ workflowFile, self: login, threads, ...repository }: ForgeOptions): Forge {
  const names = openNames(repository, { self: login, threads })
  const { self, defaultBranch } = names
  const workflow = { ...repository, workflowFile, defaultBranch }
  return {
    defaultBranch: () => defaultBranch(),
    branchNow: (name) => branchNow(repository, name),
    quota: (of) => repository.client.quota(of),
    tokenMinutes: async () => minutesOf(await self()),
    role: (person) => roleOf(repository, person),
    branchRules: (branch) => branchRules(repository, branch),
    react: (comment, content) => react(repository, comment, content),
    reply: (thread, key, body, fresh) => said(reply(repository, self, { thread, key, body, fresh })),
    botComments: (thread, since) => botComments(repository, thread, since),
    pull: (number) => pullAt(repository, number),
    issue: (number) => issueAt(repository, number),
    lookAt: (pulls) => lookAtPulls(repository, pulls),
    lineComments: (review) => lineComments(repository, review),
    askReviewers: (pull, reviewers) => askReviewers(repository, pull, reviewers),
    autoMerge: (pull, method, head) => autoMerge(repository, pull, method, head),
    replyInThread: (pull, first, key, body) =>
      said(replyInThread(repository, self, { thread: pull, first, key, body })),
    comments: (thread) => allComments(repository, thread),
    file: (path) => fileAt(repository, path),
    publish: openPublishing(repository, names),
    dispatch: (inputs) => dispatch(workflow, inputs),
    dispatched: (run, request) => dispatched(workflow, run, request),
    orchestratorAlive: (workflowRun) => orchestratorAlive(repository, workflowRun),
  }
}

/** The login of the token that each job gets from GitHub, which lasts as long as the job. */
const OF_JOB = 'github-actions[bot]'
/** An App's token ends after an hour; GitHub says when only to the one who made it. */
const APP_TOKEN_MINUTES = 60

const minutesOf = (login: string): number | null =>
  login !== OF_JOB && /\[bot\]$/.test(login) ? APP_TOKEN_MINUTES : null

/** GitHub redirects from the old name of a renamed branch. */
async function branchNow(repository: RepositoryClient, branch: string): Promise<string | null> {
  try {
    const parameters = { ...ownerAndRepo(repository), branch }
    const { data } = await repository.client.octokit.request('GET /repos/{owner}/{repo}/branches/{branch}', parameters)
    return data.name
  } catch (error) {
    if (httpStatusOf(error) === 404) return null
    throw error
  }
}

const roleSchema = z.enum(['admin', 'maintain', 'write', 'triage', 'read', 'none'])
const permissionSchema = z.object({ permission: z.string(), role_name: z.string().nullish() })

/** The role, if it is one of GitHub's own; for a custom role, the permission that it is based on. */
async function roleOf(repository: RepositoryClient, login: string): Promise<Role> {
  try {
    const { data } = await repository.client.octokit.request(
      'GET /repos/{owner}/{repo}/collaborators/{username}/permission',
      { ...ownerAndRepo(repository), username: login },
    )
    const { permission, role_name } = permissionSchema.parse(data)
    return roleSchema.safeParse(role_name).data ?? roleSchema.safeParse(permission).data ?? 'none'
  } catch (error) {
    const status = httpStatusOf(error)
    if (status !== null && status < 500) return 'none'
    throw error
  }
}

async function react(
  repository: RepositoryClient,
  comment: number,
  content: 'eyes' | 'rocket' | 'confused',
): Promise<Said> {
  // Idempotent: GitHub keeps one reaction of a kind per user.
  const parameters = { ...ownerAndRepo(repository), comment_id: comment, content, ...REPEATABLE }
  const route = 'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions'
  return said(repository.client.octokit.request(route, parameters)).catch((error: unknown) => {
    // A command is carried out whether or not it can be acknowledged.
    if (error instanceof LimitReached && error.of === 'content') return { ok: false, message: error.message }
    throw error
  })
}

const issueSchema = z.object({ title: z.string(), body: z.string().nullish(), pull_request: z.unknown().optional() })

async function issueAt(repository: RepositoryClient, issue_number: number) {
  try {
    const parameters = { ...ownerAndRepo(repository), issue_number }
    const { data } = await repository.client.octokit.request(
      'GET /repos/{owner}/{repo}/issues/{issue_number}',
      parameters,
    )
    const { title, body, pull_request } = issueSchema.parse(data)
    return { title, body: body ?? '', isPull: pull_request !== undefined && pull_request !== null }
  } catch (error) {
    if ([404, 410].includes(httpStatusOf(error) ?? 0)) return null
    throw error
  }
}

const fileSchema = z.object({ type: z.literal('file'), encoding: z.string(), content: z.string(), sha: z.string() })

/** GitHub takes the default branch if none is named. */
async function fileAt(repository: RepositoryClient, path: string) {
  try {
    const { data } = await repository.client.octokit.request('GET /repos/{owner}/{repo}/contents/{path}', {
      ...ownerAndRepo(repository),
      path,
    })
    const file = fileSchema.safeParse(data)
    if (!file.success) return null
    if (file.data.encoding !== 'base64') throw new Error(`${path} is too large to be read`)
    return { text: Buffer.from(file.data.content, 'base64').toString('utf8'), blob: file.data.sha }
  } catch (error) {
    if (httpStatusOf(error) === 404) return null
    throw error
  }
}
