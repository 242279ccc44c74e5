import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inLine, judgeSettings } from '../../config.ts'
import { SETTINGS_PATH } from '../../core/settings.ts'
import { WORKFLOW_PATH } from '../workflow-file.ts'
import { type Finding, missing, well } from './finding.ts'
import { workflowFinding } from './workflow.ts'

/** What the files of this folder say. */
export async function lookAtCheckout(top: string, command: string): Promise<Finding[]> {
  return [
    workflowFinding(await ownWorkflow(top), 'in this folder', command),
    settingsFinding(await text(top, SETTINGS_PATH), 'in this folder'),
  ]
}

export const ownWorkflow = (top: string): Promise<string | null> => text(top, WORKFLOW_PATH)

const text = (top: string, path: string): Promise<string | null> => readFile(join(top, path), 'utf8').catch(() => null)

export function settingsFinding(text: string | null, where: string): Finding {
  if (text === null) return well(`no ${SETTINGS_PATH} ${where}, so the defaults count`)
  const judged = judgeSettings(text)
  if (!judged.ok) return missing(`${SETTINGS_PATH} ${where} cannot be used`, judged.error.map(inLine).join('; '))
  const warnings = judged.value.warnings.map((warning) => `, but: ${inLine(warning)}`)
  return well(`${SETTINGS_PATH} ${where}${warnings.join('')}`)
}
