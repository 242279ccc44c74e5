import { z } from 'zod'
import { taskIdSchema } from '../../core/ids.ts'
import { parseCheckpointName } from '../../core/slots/checkpoint.ts'
import { lastError, loggedFiles } from '../../core/slots/job-log.ts'
import { resultName } from '../../core/slots/slot-result.ts'
import { type JobEnding, type ResultArtifact, type SlotJob, type Slots, UnreadableResult } from '../../ports/slots.ts'
import { download, downloadWithin, keepResult } from './artifact.ts'
import { type Client, ownerAndRepo, type RepositoryClient } from './client.ts'
import { httpStatusOf } from './http-error.ts'

const stepSchema = z.object({ name: z.string(), conclusion: z.string().nullish() })
const jobSchema = z.object({
  id: z.int(),
  name: z.string(),
  status: z.string(),
  started_at: z.string().nullable(),
  conclusion: z.string().nullable(),
  html_url: z.string().nullish(),
  steps: z.array(stepSchema).nullish(),
})
const artifactSchema = z.object({ id: z.int(), name: z.string(), expired: z.boolean() })

interface SlotsPlace extends RepositoryClient {
  /** Results are unpacked into it, each into its own subfolder. */
  folder: string
  /** `owner/repo` of ours; empty: unknown. */
  action: string
  /** Our own workflow run: most slots belong to it. */
  workflowRun: number
}

export function openSlots(repository: SlotsPlace): Slots {
  const jobs = openPoll(repository.client, 'jobs', jobSchema)
  const artifacts = openPoll(repository.client, 'artifacts', artifactSchema)
  const artifactsOf = (workflowRun: number) =>
    artifacts('GET /repos/{owner}/{repo}/actions/runs/{run_id}/artifacts', {
      ...ownerAndRepo(repository),
      run_id: workflowRun,
    })
  return {
    jobs: async (workflowRun) => {
      const parameters = { ...ownerAndRepo(repository), run_id: workflowRun, filter: 'latest' }
      const found = await jobs('GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs', parameters)
      return found.map((job) => slotJobOf(job, repository.action)).filter((job) => job !== null)
    },
    results: async (workflowRun, run) =>
      (await artifactsOf(workflowRun))
        .map((artifact) => resultArtifact(artifact, { run, workflowRun }))
        .filter((artifact) => artifact !== null),
    checkpoints: async (workflowRun, run) =>
      (await artifactsOf(workflowRun)).flatMap(({ id, name, expired }) => {
        const named = expired ? null : parseCheckpointName(name, run)
        return named === null ? [] : [{ id, workflowRun, run, ...named }]
      }),
    ending: (job, run) => endingOf(repository, job, run),
    download: async (artifact) => {
      if (artifact.from === 'log') return fromLog(repository, artifact)
      const isOwn = artifact.workflowRun === repository.workflowRun
      const within = isOwn ? await downloadWithin(artifact.id, repository.folder) : null
      return within ?? download(repository, artifact.id, repository.folder)
    },
  }
}

async function endingOf(repository: RepositoryClient, job: number, run: string): Promise<JobEnding | null> {
  const log = await jobLog(repository, job)
  if (log === null) return null
  const names = new Set([...loggedFiles(log).keys()].map((file) => file.split('/')[0] ?? ''))
  const results = [...names].flatMap((name) => {
    const attempt = attemptIn(name, run)
    return attempt === null ? [] : [{ id: job, from: 'log' as const, run, ...attempt }]
  })
  return { error: lastError(log), results }
}

async function fromLog(repository: SlotsPlace, { id, run, task, attempt }: ResultArtifact) {
  const log = await jobLog(repository, id)
  const files = log === null ? [] : [...loggedFiles(log)]
  const prefix = `${resultName(run, task, attempt)}/`
  const own = files.flatMap(([name, bytes]) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), bytes] as const] : [],
  )
  const changed = own.find(([, bytes]) => bytes === null)
  if (changed !== undefined)
    throw new UnreadableResult(
      `${changed[0]} in the job's log is not what was written: it is cut off, or a mask hides a part`,
    )
  return keepResult(
    new Map(own.flatMap(([name, bytes]) => (bytes === null ? [] : [[name, bytes]]))),
    `${repository.folder}/log-${id}`,
  )
}

const LOG_SECONDS = 60
const MOST_LOG = 32 * 2 ** 20

/** GitHub answers with the address of the log, which holds its own permission: our token is not sent there. */
async function jobLog(repository: RepositoryClient, job: number): Promise<string | null> {
  try {
    const { headers } = await repository.client.octokit.request(
      'GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs',
      { ...ownerAndRepo(repository), job_id: job, request: { redirect: 'manual' } },
    )
    return headers.location === undefined ? null : await transferLog(headers.location)
  } catch (error) {
    if ([403, 404, 410].includes(httpStatusOf(error) ?? 0)) return null
    throw error
  }
}

/** Null for one that cannot be had: it is asked for again. The steps before ours may have written any amount, so its end counts. */
async function transferLog(address: string): Promise<string | null> {
  try {
    const { ok, body } = await fetch(address, { signal: AbortSignal.timeout(LOG_SECONDS * 1000) })
    if (!ok || body === null) return null
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of body) {
      chunks.push(chunk)
      for (size += chunk.length; size > MOST_LOG; ) size -= chunks.shift()?.length ?? size
    }
    return Buffer.concat(chunks).toString('utf8')
  } catch {
    return null
  }
}

/** If another workflow calls ours, the name begins with the caller's job. */
export function slotJobOf(job: z.infer<typeof jobSchema>, action: string): SlotJob | null {
  const { id, name, status, started_at: startedAt, conclusion, html_url: url } = job
  const slot = /^(?:.* \/ )?slot (\S+)$/.exec(name)?.[1]
  if (slot === undefined) return null
  const known = status === 'in_progress' || status === 'completed' ? status : 'queued'
  const leftInOrder = known === 'completed' && conclusion === 'success'
  const failedStep =
    known === 'completed' && conclusion === 'failure' ? failedBefore(job.steps ?? [], action) : undefined
  return {
    id,
    slot,
    status: known,
    startedAt,
    leftInOrder,
    url: url ?? '',
    ...(failedStep !== undefined && { failedStep }),
  }
}

const SET_UP = 'Set up job'

/**
 * The step that failed before ours could begin: steps of the job behind it were skipped. Null: the job has no steps, so that it
 * was given no machine. Undefined: ours has begun, or the machine was lost, after which GitHub knows no step that failed.
 */
function failedBefore(steps: readonly z.infer<typeof stepSchema>[], action: string): string | null | undefined {
  if (steps.length === 0) return null
  const at = steps.findIndex(({ conclusion }) => conclusion === 'failure')
  const failed = steps[at]
  if (failed === undefined || (action !== '' && failed.name.startsWith(`Run ${action}@`))) return undefined
  const behind = steps.slice(at + 1).filter((step) => !/^(?:Post .*|Complete job)$/.test(step.name))
  return failed.name === SET_UP || behind.some(({ conclusion }) => conclusion === 'skipped') ? failed.name : undefined
}

/**
 * Run and task may both contain hyphens: the run is known, and the attempt is read from the right. Ignores the `.2` or
 * `.3` of a retried upload.
 */
export function resultArtifact(
  { id, name, expired }: z.infer<typeof artifactSchema>,
  { run, workflowRun }: Pick<ResultArtifact, 'run' | 'workflowRun'>,
): ResultArtifact | null {
  const attempt = expired ? null : attemptIn(name, run)
  return attempt === null ? null : { id, workflowRun, run, ...attempt }
}

/** The task and attempt whose result has this name; null: it is no result of the run. */
function attemptIn(name: string, run: string): Pick<ResultArtifact, 'task' | 'attempt'> | null {
  const prefix = `tributary-${run}-`
  const match = /^(.+)-([1-9][0-9]*)(?:\.[23])?$/.exec(name.startsWith(prefix) ? name.slice(prefix.length) : '')
  if (match?.[1] === undefined || !taskIdSchema.safeParse(match[1]).success) return null
  return { task: match[1], attempt: Number(match[2]) }
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
