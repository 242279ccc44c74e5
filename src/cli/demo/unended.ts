import { join } from 'node:path'
import { z } from 'zod'
import type { Person } from './person.ts'

const runSchema = z.object({ id: z.number(), display_title: z.string() })
const jobSchema = z.object({ id: z.number(), name: z.string(), status: z.string(), conclusion: z.string().nullable() })

const MOST = 3

/** One sentence: which jobs have not ended, or not well, and where their logs are. Null if all did. */
export async function unendedJobs(visitor: Pick<Person, 'list'>, logs: string): Promise<string | null> {
  const runs = await visitor.list(runSchema, '/actions/runs', 'workflow_runs')
  const jobs = await Promise.all(runs.map(({ id }) => visitor.list(jobSchema, `/actions/runs/${id}/jobs`, 'jobs')))
  const bad = jobs.flat().filter(({ conclusion }) => conclusion !== 'success' && conclusion !== 'skipped')
  if (bad.length === 0) return null
  const named = bad
    .slice(0, MOST)
    .map((job) => `${job.name} (${job.conclusion ?? job.status}): ${join(logs, `${job.id}.log`)}`)
  const more = bad.length > MOST ? ` and ${bad.length - MOST} more there` : ''
  return `These jobs did not end, or not well: ${named.join('; ')}${more}.`
}
