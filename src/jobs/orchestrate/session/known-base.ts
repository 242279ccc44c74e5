import type { KnownBase } from '../../../core/plan/known-base.ts'
import { type Scripts, scriptsIn } from '../../../core/plan/scripts.ts'
import type { CommitSources } from '../../../ports/sources.ts'

/** Of more, a list would not be whole, and a path that it lacks may be there. */
const MOST_PATHS = 500_000

/** What a plan may name; `sources`: of its base. */
export async function readKnownBase(sources: CommitSources): Promise<KnownBase> {
  const [{ paths, more }, scripts] = await Promise.all([sources.tree(MOST_PATHS), readScripts(sources)])
  return { files: more ? null : new Set(paths), scripts }
}

async function readScripts(sources: CommitSources): Promise<Scripts> {
  const manifest = await sources.read('package.json')
  return manifest === null ? null : scriptsIn(manifest.text)
}
