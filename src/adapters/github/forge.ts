import { z } from 'zod'
import type { Forge, Role } from '../../ports/forge.ts'
import { ownerAndRepo, REPEATABLE, type RepositoryClient } from './client.ts'
import { allComments, openSelf, reply } from './comments.ts'
import { httpStatusOf } from './http-error.ts'
import { openNodes } from './node-ids.ts'
import { openPublishing } from './publish.ts'
import { pullAt } from './pulls.ts'
import { dispatch, dispatched, orchestratorAlive } from './workflow-runs.ts'

export interface ForgeOptions extends RepositoryClient {
  /** The name of our workflow file in `.github/workflows`. */
  workflowFile: string
  /** The login that our token writes under; asked of GitHub where it is not given. */
  self?: string
}

export function openForge({ workflowFile, self: login, ...place }: ForgeOptions): Forge {
  const self = openSelf(place.client, login)
  const nodesFor = openNodes(place)
  const defaultBranch = openDefaultBranch(place)
  const workflow = { ...place, workflowFile, defaultBranch }
  return {
    defaultBranch,
    role: (person) => roleOf(place, person),
    react: (comment, content) => react(place, comment, content),
    reply: (thread, key, body, fresh) => reply(place, self, { thread, key, body, fresh }),
    pull: (number) => pullAt(place, number),
    comments: (thread) => allComments(place, thread),
    file: (path, ref) => fileAt(place, path, ref),
    publish: openPublishing(place, self, nodesFor),
    dispatch: (inputs) => dispatch(workflow, inputs),
    dispatched: (run, request) => dispatched(workflow, run, request),
    orchestratorAlive: (workflowRun) => orchestratorAlive(place, workflowRun),
  }
}

/** Asked once: whoever renames a default branch in mid-run starts anew. */
function openDefaultBranch(place: RepositoryClient): () => Promise<string> {
  let known: string | undefined
  return async () => {
    if (known === undefined) {
      const { data } = await place.client.octokit.request('GET /repos/{owner}/{repo}', ownerAndRepo(place))
      known = data.default_branch
    }
    return known
  }
}

const roleSchema = z.enum(['admin', 'maintain', 'write', 'triage', 'read', 'none'])
const permissionSchema = z.object({ permission: z.string(), role_name: z.string().nullish() })

/** The role where it is one of GitHub's own; a custom role counts as the permission that it stands on. */
async function roleOf(place: RepositoryClient, login: string): Promise<Role> {
  try {
    const { data } = await place.client.octokit.request(
      'GET /repos/{owner}/{repo}/collaborators/{username}/permission',
      { ...ownerAndRepo(place), username: login },
    )
    const { permission, role_name } = permissionSchema.parse(data)
    return roleSchema.safeParse(role_name).data ?? roleSchema.safeParse(permission).data ?? 'none'
  } catch (error) {
    const status = httpStatusOf(error)
    if (status !== null && status < 500) return 'none'
    throw error
  }
}

async function react(place: RepositoryClient, comment: number, content: 'eyes' | 'rocket' | 'confused'): Promise<void> {
  // The same reaction is there once, however often it is given.
  const parameters = { ...ownerAndRepo(place), comment_id: comment, content, ...REPEATABLE }
  await place.client.octokit.request('POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions', parameters)
}

const fileSchema = z.object({ type: z.literal('file'), encoding: z.string(), content: z.string(), sha: z.string() })

async function fileAt(place: RepositoryClient, path: string, ref: string) {
  try {
    const { data } = await place.client.octokit.request('GET /repos/{owner}/{repo}/contents/{path}', {
      ...ownerAndRepo(place),
      path,
      ref,
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
