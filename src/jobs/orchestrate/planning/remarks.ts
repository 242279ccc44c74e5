import { missingFiles } from '../../../core/plan/path-notes.ts'
import type { Plan } from '../../../core/plan/plan.ts'
import { staticNotes } from '../../../core/plan/static-notes.ts'
import { hostsOf, type Settings } from '../../../core/settings.ts'
import type { CommitSources } from '../../../ports/sources.ts'

const MOST_FILES = 100_000

/** What a plan names that its base has not, and what proves nothing or cannot run there: for its critic, and for people. */
export async function remarksOn(
  { plan, settings }: { plan: Plan; settings: Settings },
  sources: CommitSources,
): Promise<string[]> {
  const { paths } = await sources.list('**', MOST_FILES)
  const files = new Set(paths)
  const network = settings.sandbox === 'off' || hostsOf(settings).length > 0
  return [...staticNotes(plan, { files, network }), ...missingFiles(plan, files)]
}
