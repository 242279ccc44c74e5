import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Scripts, scriptsIn } from '../../core/plan/scripts.ts'
import { SETTINGS_PATH } from '../../core/settings.ts'
import { type CheckFinding, checkLines, isProblem, noteAt, summaryLine } from '../finding.ts'
import { topOf, trackedFiles } from '../repository.ts'
import { readArguments, type Subcommand, type Terminal } from '../subcommand.ts'
import { judgePlan } from './judge-plan.ts'
import { type FoundSettings, findSettings, readNamed } from './settings-file.ts'

const options = { settings: { type: 'string' }, json: { type: 'boolean' } } as const

export const check: Subcommand = {
  name: 'check',
  summary: 'checks a plan by hand and the settings as /plan would',
  help: [
    'tributary check [PLAN.yml | ISSUE.md] [--settings FILE] [--json]',
    '',
    'Checks a plan by hand as `/plan` would, before you push: each problem has its line, its field and a fix.',
    'PLAN.yml holds the plan alone. ISSUE.md holds the text of an issue with a fenced block `tributary`.',
    'Without a file, only the settings are checked.',
    `  --settings FILE   the settings to use; default: ${SETTINGS_PATH} of this repository`,
    '  --json            print each finding as a line of JSON',
    'The exit code is 0 if `/plan` would accept it, else 1.',
  ],
  run: async (words, terminal) => {
    const { values, positionals } = readArguments(words, options, 1)
    const [named] = positionals
    const settings = await findSettings(terminal.cwd, values.settings)
    const plan = named === undefined ? [] : await planFindings(named, settings, terminal)
    const findings = [...settings.findings, ...plan]
    if (values.json === true) for (const finding of findings) terminal.out(JSON.stringify(finding))
    else for (const line of [...findings.flatMap(checkLines), ...closing(findings, named, settings)]) terminal.out(line)
    return findings.some(isProblem) ? 1 : 0
  },
}

async function planFindings(name: string, { settings }: FoundSettings, { cwd }: Terminal): Promise<CheckFinding[]> {
  const text = await readNamed(cwd, name)
  const files = await trackedFiles(cwd)
  const { findings } = judgePlan({ name, text }, settings, {
    files: files === null ? null : new Set(files),
    scripts: await scriptsAt(cwd),
  })
  if (files !== null) return findings
  return [
    ...findings,
    noteAt({ file: name }, 'Its paths were not checked, because this folder is not in a checkout of a repository.'),
  ]
}

/** Of the package.json at the top of the checkout; null if there is none. */
async function scriptsAt(folder: string): Promise<Scripts> {
  const top = await topOf(folder)
  const text = top === null ? null : await readFile(join(top, 'package.json'), 'utf8').catch(() => null)
  return text === null ? null : scriptsIn(text)
}

function closing(findings: readonly CheckFinding[], plan: string | undefined, { file }: FoundSettings): string[] {
  const settings = file ?? `the default settings (there is no ${SETTINGS_PATH})`
  const looked = plan === undefined ? `Checked ${settings}.` : `Checked ${plan} with ${settings}.`
  return [...(findings.length === 0 ? [] : ['']), `${looked} ${summaryLine(findings)}`]
}
