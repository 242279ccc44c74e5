import { type BuiltInWorkflow, workflowsToRun } from '../../git/built-in-workflow.ts'
import { workflowFiles } from './git.ts'
import { type ParsedWorkflow, parse } from './parse.ts'

/** The workflow files of a commit, by path. */
export type ReadWorkflows = (commit: string) => Promise<ReadonlyMap<string, ParsedWorkflow>>

/** Caches the latest commits: many events concern the same one, and a commit does not change. */
export function readsWorkflows(gitDir: string, builtIn?: BuiltInWorkflow, kept = 8): ReadWorkflows {
  const known = new Map<string, Promise<ReadonlyMap<string, ParsedWorkflow>>>()
  return (commit) => {
    const reading = known.get(commit) ?? readAll(gitDir, commit, builtIn)
    known.delete(commit)
    known.set(commit, reading)
    reading.catch(() => known.delete(commit))
    for (const oldest of [...known.keys()].slice(0, -kept)) known.delete(oldest)
    return reading
  }
}

async function readAll(
  gitDir: string,
  commit: string,
  builtIn: BuiltInWorkflow | undefined,
): Promise<ReadonlyMap<string, ParsedWorkflow>> {
  const files = workflowsToRun(await workflowFiles(gitDir, commit), builtIn)
  return new Map(
    await Promise.all(
      files.map(async ({ path, content }): Promise<[string, ParsedWorkflow]> => [path, await parse(path, content)]),
    ),
  )
}
