import { readSettings } from '../../../src/config/settings.ts'
import type { JobDeps } from '../../../src/jobs/deps.ts'
import type { Journal } from '../../../src/ports/journal.ts'
import { hastyClock } from '../hasty-clock.ts'
import { memoryForge } from './forge.ts'
import type { MemoryGitHub } from './github.ts'

/** What a job is given that needs no objects of git, in this workflow run. */
export const memoryDeps = (github: MemoryGitHub, journal: Journal, workflowRun: number): JobDeps => ({
  forge: memoryForge(github),
  journal,
  repo: () => Promise.reject(new Error('no objects are needed')),
  clock: hastyClock(),
  log: () => {},
  workflowRun,
  readSettings,
})
