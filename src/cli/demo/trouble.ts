import { z } from 'zod'
import type { Hub } from '../../hub/hub.ts'
import { personAt } from './person.ts'

const runSchema = z.object({ id: z.number(), display_title: z.string() })
const jobSchema = z.object({ id: z.number(), name: z.string(), status: z.string(), conclusion: z.string().nullable() })

const TAIL = 20

/** The jobs that did not end well, with the end of their logs. */
export async function troubleOf(hub: Hub): Promise<string[]> {
  const admin = personAt(hub, 'admin', hub.tokens.admin)
  const runs = await admin.list(runSchema, '/actions/runs', 'workflow_runs')
  const lines = await Promise.all(
    runs.map(async (run) => {
      const jobs = await admin.list(jobSchema, `/actions/runs/${run.id}/jobs`, 'jobs')
      const bad = jobs.filter(({ conclusion }) => conclusion !== 'success' && conclusion !== 'skipped')
      return Promise.all(bad.map((job) => aboutJob(hub, run.display_title, job)))
    }),
  )
  return lines.flat(2)
}

async function aboutJob(hub: Hub, title: string, job: z.infer<typeof jobSchema>): Promise<string[]> {
  const address = `${hub.api}/repos/${hub.owner}/${hub.repo}/actions/jobs/${job.id}/logs`
  const response = await fetch(address, { headers: { authorization: `Bearer ${hub.tokens.admin}` } })
  const log = response.ok ? (await response.text()).trimEnd().split('\n').slice(-TAIL) : ['(no log)']
  return [`- ${title}, job ${job.name}: ${job.conclusion ?? job.status}`, ...log.map((line) => `    ${line}`)]
}
