import { parse } from 'yaml'
import { z } from 'zod'
import { providedBy } from '../runner/step/provided.ts'

/** A workflow file that need not be in the repository. */
export interface BuiltInWorkflow {
  path: string
  text: string
}

export interface WorkflowText {
  readonly path: string
  readonly content: string
}

/**
 * With a built-in workflow only Tributary runs: the repository's own workflows that use it, or else the built-in one, as if it
 * were on the default branch. Others, such as one that deploys, do not start on the machine of a person.
 */
export function workflowsToRun(
  files: readonly WorkflowText[],
  builtIn: BuiltInWorkflow | undefined,
): readonly WorkflowText[] {
  if (builtIn === undefined) return files
  const own = files.filter(({ content }) => usesTributary(content))
  return own.length > 0 ? own : [{ path: builtIn.path, content: builtIn.text }]
}

const step = z.looseObject({
  uses: z.string().optional(),
  with: z.looseObject({ role: z.string().optional() }).nullish(),
})
const file = z.looseObject({ jobs: z.record(z.string(), z.looseObject({ steps: z.array(step).default([]) })) })

/** Whether a step of a workflow file runs Tributary. */
export function usesTributary(text: string): boolean {
  const steps = Object.values(file.safeParse(parsed(text)).data?.jobs ?? {}).flatMap((job) => job.steps)
  return steps.some((one) => providedBy(one.uses ?? '', one.with?.role) === 'tributary')
}

function parsed(text: string): unknown {
  try {
    return parse(text, { merge: true })
  } catch {
    return null
  }
}
