import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inLine, judgeSettings } from '../../config.ts'
import { SETTINGS_PATH } from '../../core/settings.ts'
import { WORKFLOW_PATH } from '../workflow-file.ts'
import { type Finding, missing, warning, well } from './finding.ts'
import { addressFaults, workflowFinding } from './workflow.ts'

/** What the files of this folder say. */
export async function lookAtCheckout(top: string, command: string): Promise<Finding[]> {
  const workflow = await ownWorkflow(top)
  return [
    workflowFinding(workflow, 'in this folder', command),
    ...addressFaults(workflow, 'in this folder'),
    ...settingsFindings(await text(top, SETTINGS_PATH), 'in this folder'),
  ]
}

export const ownWorkflow = (top: string): Promise<string | null> => text(top, WORKFLOW_PATH)

const text = (top: string, path: string): Promise<string | null> => readFile(join(top, path), 'utf8').catch(() => null)

export function settingsFindings(text: string | null, where: string): Finding[] {
  if (text === null) return [well(`no ${SETTINGS_PATH} ${where}, so the defaults count`)]
  const judged = judgeSettings(text)
  if (!judged.ok) return [missing(`${SETTINGS_PATH} ${where} cannot be used`, judged.error.map(inLine).join('; '))]
  return [
    well(`${SETTINGS_PATH} ${where}`),
    ...judged.value.warnings.map((remark) =>
      warning(`${SETTINGS_PATH} ${where}: ${inLine(remark)}`, 'change that line, or leave it if it is meant'),
    ),
  ]
}
