import { cruise, type ICruiseResult } from 'dependency-cruiser'
import { rules } from '../../.dependency-cruiser.ts'

export interface Cruised {
  /** Files of src/ that were read. */
  modules: string[]
  /** `rule: from -> to`, one per broken rule. */
  violations: string[]
}

/** Hold every file under `folder`/src to the rules of the project. */
export async function cruiseUnder(folder: string): Promise<Cruised> {
  const { enhancedResolveOptions, ...options } = rules.options ?? {}
  const { forbidden } = rules
  const asked = { ...options, baseDir: folder, ruleSet: { forbidden }, validate: true }
  const { output } = await cruise(['src'], asked, enhancedResolveOptions)
  if (typeof output === 'string') throw new Error(`dependency-cruiser answered with text: ${output}`)
  return { modules: modulesOf(output), violations: violationsOf(output) }
}

const modulesOf = ({ modules }: ICruiseResult): string[] =>
  modules.map((module) => module.source).filter((source) => source.startsWith('src/') && source.endsWith('.ts'))

const violationsOf = ({ summary }: ICruiseResult): string[] =>
  summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)
