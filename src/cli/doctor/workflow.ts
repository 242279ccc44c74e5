import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { inLine, judgeSettings } from '../../config/settings.ts'
import { SETTINGS_PATH } from '../../core/settings.ts'
import { isLocal, parseAddress } from '../address.ts'
import { PLACEHOLDER, WORKFLOW_PATH, workflowFor } from '../example-files.ts'
import { type DoctorFinding, missingFinding, warning, well } from './finding.ts'

const stepSchema = z.looseObject({ uses: z.string().optional(), with: z.unknown().optional() })
const jobSchema = z.looseObject({ steps: z.array(stepSchema).default([]) })
const workflowSchema = z.looseObject({ jobs: z.record(z.string(), jobSchema) })

/** Users may change runners, limits and job names, and add steps. */
const THEIRS = new Set(['runs-on', 'timeout-minutes', 'name', 'steps', 'env'])
const ROLES = new Set<unknown>(['command', 'orchestrate', 'work', 'recover'])

/** The parts of the shipped workflow from which the user's file differs; additional steps are allowed. */
export function workflowDifferences(text: string): string[] {
  const own = read(text)
  if (own === null) return ['it is not a workflow file']
  const shipped = read(workflowFor(PLACEHOLDER))
  if (shipped === null) throw new Error('the workflow that this version ships cannot be read')
  const { jobs, ...top } = shipped
  return [
    ...different(top, own, ''),
    ...Object.entries(jobs).flatMap(([name, job]) => {
      const theirs = own.jobs[name]
      if (theirs === undefined) return [`jobs.${name} is missing`]
      return [...different(job, theirs, `jobs.${name}.`), ...differentSteps(job, theirs, name)]
    }),
  ]
}

/** The addresses behind `uses:`, each once: those of the steps with a role of Tributary's, and all. */
export function usedActions(text: string): { ours: string[]; all: string[] } {
  const steps = Object.values(read(text)?.jobs ?? {}).flatMap((job) => job.steps)
  const named = (those: typeof steps) => [...new Set(those.flatMap(({ uses }) => uses ?? []))]
  return { ours: named(steps.filter(isOurs)), all: named(steps) }
}

/** Faults of an address that show without a request. */
export function addressFaults(text: string | null, where: string): DoctorFinding[] {
  return usedActions(text ?? '')
    .ours.filter((uses) => !isLocal(uses) && parseAddress(uses) === null)
    .map((uses) =>
      uses === PLACEHOLDER
        ? missingFinding(
            `the workflow ${where} does not name the action yet`,
            `replace ${PLACEHOLDER} with its address`,
          )
        : missingFinding(`'${uses}' in the workflow ${where} is not the address of an action`, 'write OWNER/REPO@REF'),
    )
}

export function workflowFinding(text: string | null, where: string, command: string): DoctorFinding {
  if (text === null)
    return missingFinding(
      `no ${WORKFLOW_PATH} ${where}`,
      `\`${command} init\` writes it; commit it and push it to the default branch`,
    )
  const found = workflowDifferences(text)
  if (found.length === 0) return well(`${WORKFLOW_PATH} ${where}`)
  return missingFinding(
    `${WORKFLOW_PATH} ${where} differs from this version's: ${found.join('; ')}`,
    `\`${command} init --print\` prints this version's; copy these parts`,
  )
}

function read(text: string): z.infer<typeof workflowSchema> | null {
  try {
    return workflowSchema.parse(parse(text))
  } catch {
    return null
  }
}

type Mapping = Readonly<Record<string, unknown>>

const different = (shipped: Mapping, own: Mapping, prefix: string): string[] =>
  Object.keys(shipped)
    .filter((key) => !THEIRS.has(key) && same(shipped[key]) !== same(own[key]))
    .map((key) => `${prefix}${key} differs`)

const same = (value: unknown): string => JSON.stringify(value) ?? ''

/** The step that runs the action gets its inputs; a checkout in `work` leaves no token behind. */
function differentSteps(shipped: z.infer<typeof jobSchema>, own: z.infer<typeof jobSchema>, job: string): string[] {
  return shipped.steps
    .filter(({ uses }) => uses !== undefined)
    .filter((step) => !own.steps.some((other) => sameAction(step, other) && same(step.with) === same(other.with)))
    .map(
      (step) =>
        `jobs.${job}: the step ${isOurs(step) ? 'that runs Tributary' : `\`uses: ${step.uses?.split('@')[0]}\``} differs`,
    )
}

type Step = z.infer<typeof stepSchema>

/** Forks and copies may have any name; only Tributary has the input `role`. */
const isOurs = (step: Step): boolean =>
  typeof step.with === 'object' && step.with !== null && 'role' in step.with && ROLES.has(step.with.role)

function sameAction(shipped: Step, own: Step): boolean {
  if (shipped.uses === undefined || own.uses === undefined) return false
  return isOurs(shipped) ? isOurs(own) : shipped.uses.split('@')[0] === own.uses.split('@')[0]
}

/** Checks the files of this folder. */
export async function checkCheckout(top: string, command: string): Promise<DoctorFinding[]> {
  const workflow = await ownWorkflow(top)
  return [
    workflowFinding(workflow, 'in this folder', command),
    ...addressFaults(workflow, 'in this folder'),
    ...settingsFindings(await text(top, SETTINGS_PATH), 'in this folder'),
  ]
}

export const ownWorkflow = (top: string): Promise<string | null> => text(top, WORKFLOW_PATH)

const text = (top: string, path: string): Promise<string | null> => readFile(join(top, path), 'utf8').catch(() => null)

export function settingsFindings(text: string | null, where: string): DoctorFinding[] {
  if (text === null) return [well(`no ${SETTINGS_PATH} ${where}, so the defaults apply`)]
  const judged = judgeSettings(text)
  if (!judged.ok)
    return [missingFinding(`${SETTINGS_PATH} ${where} cannot be used`, judged.error.map(inLine).join('; '))]
  return [
    well(`${SETTINGS_PATH} ${where}`),
    ...judged.value.warnings.map((remark) =>
      warning(`${SETTINGS_PATH} ${where}: ${inLine(remark)}`, 'change that line, or leave it if you mean it'),
    ),
  ]
}
