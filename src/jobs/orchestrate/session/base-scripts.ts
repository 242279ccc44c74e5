import { type Scripts, scriptsIn } from '../../../core/plan/scripts.ts'
import type { Sources } from '../../../ports/sources.ts'

/** The scripts that checks of a plan may name; `sources`: of its base. */
export async function readScripts(sources: Sources): Promise<Scripts> {
  const manifest = await sources.read('package.json')
  return manifest === null ? null : scriptsIn(manifest.text)
}
