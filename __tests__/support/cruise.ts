import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import { rules } from '../../.dependency-cruiser.ts'

export interface Cruised {
  /** Files of src/ that were read. */
  modules: string[]
  /** Files of bench/ that were read. */
  benchmarks: string[]
  /** `rule: from -> to`, one per broken rule. */
  violations: string[]
}

/** Hold every file under `folder`/src, and the benchmarks where there are any, to the rules of the project. */
export async function cruiseUnder(folder: string): Promise<Cruised> {
  const { enhancedResolveOptions, ...options } = rules.options ?? {}
  const { forbidden } = rules
  const asked = { ...options, baseDir: folder, ruleSet: { forbidden }, validate: true }
  const { output } = await cruise(
    ['src', 'bench'].filter((one) => existsSync(join(folder, one))),
    asked,
    enhancedResolveOptions,
  )
  if (typeof output === 'string') throw new Error(`dependency-cruiser answered with text: ${output}`)
  return {
    modules: modulesOf(output, 'src/'),
    benchmarks: modulesOf(output, 'bench/'),
    violations: violationsOf(output),
  }
}

const modulesOf = ({ modules }: ICruiseResult, folder: string): string[] =>
  modules.map((module) => module.source).filter((source) => source.startsWith(folder) && source.endsWith('.ts'))

const violationsOf = ({ summary }: ICruiseResult): string[] =>
  summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`)
