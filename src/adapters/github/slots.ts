import { z } from 'zod'
import { taskIdSchema } from '../../core/ids.ts'
import type { ResultArtifact, SlotJob, Slots } from '../../ports/slots.ts'
import { download } from './artifact.ts'
import { type Client, ownerAndRepo, type RepositoryClient } from './client.ts'
import { httpStatusOf } from './http-error.ts'

const jobSchema = z.object({
  name: z.string(),
  status: z.string(),
  started_at: z.string().nullable(),
  conclusion: z.string().nullable(),
})
const artifactSchema = z.object({ id: z.int(), name: z.string(), expired: z.boolean() })

/** `folder`: results are unpacked into it, each into its own subfolder. */
export function openSlots(repository: RepositoryClient & { folder: string }): Slots {
  const jobs = openPoll(repository.client, 'jobs', jobSchema)
  const artifacts = openPoll(repository.client, 'artifacts', artifactSchema)
  return {
    jobs: async (workflowRun) => {
      const parameters = { ...ownerAndRepo(repository), run_id: workflowRun, filter: 'latest' }
      const found = await jobs('GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs', parameters)
      return found.map(slotJob).filter((job) => job !== null)
    },
    results: async (workflowRun, run) => {
      const parameters = { ...ownerAndRepo(repository), run_id: workflowRun }
      const found = await artifacts('GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts', parameters)
      return found
        .map((artifact) => resultArtifact(artifact, { run, workflowRun }))
        .filter((artifact) => artifact !== null)
    },
    download: (artifact) => download(repository, artifact.id, repository.folder),
  }
}

/** If another workflow calls ours, the name begins with the caller's job. */
export function slotJob({ name, status, started_at, conclusion }: z.infer<typeof jobSchema>): SlotJob | null {
  const slot = /^(?:.* \/ )?slot (\S+)$/.exec(name)?.[1]
  if (slot === undefined) return null
  const known = status === 'in_progress' || status === 'completed' ? status : 'queued'
  return { slot, status: known, startedAt: started_at, leftInOrder: known === 'completed' && conclusion === 'success' }
}

/**
 * Run and task may both contain hyphens: the run is known, and the attempt is read from the right. Ignores the `.2` or
 * `.3` of a retried upload.
 */
export function resultArtifact(
  { id, name, expired }: z.infer<typeof artifactSchema>,
  { run, workflowRun }: Pick<ResultArtifact, 'run' | 'workflowRun'>,
): ResultArtifact | null {
  const prefix = `tributary-${run}-`
  const match = /^(.+)-([1-9][0-9]*)(?:\.[23])?$/.exec(name.startsWith(prefix) ? name.slice(prefix.length) : '')
  if (expired || match?.[1] === undefined || !taskIdSchema.safeParse(match[1]).success) return null
  return { id, workflowRun, run, task: match[1], attempt: Number(match[2]) }
}

const PAGE = 100
/** GitHub serves no more pages of any list. */
const LAST_PAGE = 100

/** Reads a list repeatedly. An unchanged page comes from memory, and its request costs no rate limit (ETag, 304). */
type Poll<Item> = (route: string, parameters: Readonly<Record<string, unknown>>) => Promise<Item[]>

function openPoll<Item>({ octokit }: Client, key: string, item: z.ZodType<Item>): Poll<Item> {
  const known = new Map<string, { etag: string; page: Item[] }>()
  const body = z.object({ [key]: z.array(item) })

  async function readPage(route: string, parameters: Readonly<Record<string, unknown>>): Promise<Item[]> {
    const { url } = octokit.request.endpoint(route, parameters)
    const before = known.get(url)
    try {
      const headers = before === undefined ? {} : { 'if-none-match': before.etag }
      const answer = await octokit.request(route, { ...parameters, headers })
      const page = body.parse(answer.data)[key] ?? []
      if (answer.headers.etag !== undefined) known.set(url, { etag: answer.headers.etag, page })
      return page
    } catch (error) {
      if (httpStatusOf(error) === 304 && before !== undefined) return before.page
      throw error
    }
  }

  return async (route, parameters) => {
    const items: Item[] = []
    for (let page = 1; page <= LAST_PAGE; page += 1) {
      const found = await readPage(route, { ...parameters, per_page: PAGE, page })
      items.push(...found)
      if (found.length < PAGE) break
    }
    return items
  }
}
