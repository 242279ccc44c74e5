import type { Plan } from '../../../core/plan/plan.ts'
import { staticNotes } from '../../../core/plan/static-notes.ts'
import { hostsOf, type Settings } from '../../../core/settings.ts'
import type { CommitSources } from '../../../ports/sources.ts'
import { readKnownBase } from '../session/known-base.ts'

/** What in a plan proves nothing or cannot run on its base: for its critic, and for people. */
export async function remarksOn(
  { plan, settings }: { plan: Plan; settings: Settings },
  sources: CommitSources,
): Promise<string[]> {
  const { files } = await readKnownBase(sources)
  const network = settings.sandbox === 'off' || hostsOf(settings).length > 0
  return staticNotes(plan, { files, network })
}
