import { runScript } from '../step/shell.ts'
import { runAction } from '../step/uses.ts'
import { evaluateText } from '../workflow/expression.ts'
import type { StepDefinition } from '../workflow/workflow.ts'
import { type Act, type JobSession, jobScope } from './session.ts'

/** The workflow's own steps, in the shape the job goes through. */
export const actOf = (job: JobSession, definition: StepDefinition): Act => ({
  ...definition,
  title: () => job.log.masks.apply(titleOf(job, definition)),
  perform: (step) => (definition.kind === 'run' ? runScript(step, definition) : runAction(step, definition)),
})

/** `Run ...` unless the step has a name; what cannot be evaluated yet is shown as it is written. */
function titleOf(job: JobSession, definition: StepDefinition): string {
  const written = definition.kind === 'run' ? definition.run : definition.uses
  try {
    const name = evaluateText(definition.name, jobScope(job))
    if (name !== '') return name
    const text = typeof written === 'string' ? written : evaluateText(written, jobScope(job))
    return `Run ${text.trimStart().split(/\r?\n/)[0] ?? ''}`
  } catch {
    return 'Run'
  }
}
