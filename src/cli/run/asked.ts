import { parseCommand } from '../../core/command/parse.ts'
import { unknownBase } from '../../core/plan/known-base.ts'
import { isAgentTask, type Plan } from '../../core/plan/plan.ts'
import type { Settings } from '../../core/settings.ts'
import { commaList } from '../../render/markdown/format.ts'
import { judgePlan } from '../check/judge-plan.ts'
import { readNamed } from '../check/settings-file.ts'
import { type CheckFinding, checkLines, isProblem } from '../finding.ts'
import { Mistake, readArguments, type Terminal } from '../subcommand.ts'
import { findAgents } from '../up/agents.ts'
import type { IssueSource } from './issue.ts'

const options = {
  yes: { type: 'boolean', short: 'y' },
  budget: { type: 'string' },
  agent: { type: 'string' },
  plan: { type: 'string' },
} as const

export interface Asked {
  words: string | null
  planFile: string | null
  budget: string | null
  agent: string | undefined
  yes: boolean
}

/** The arguments of `run`. */
export function readAsked(typed: readonly string[], canAsk: boolean): Asked {
  const { values, positionals } = readArguments(typed, options, Number.POSITIVE_INFINITY)
  const [words = null, ...more] = positionals
  if (more.length > 0) throw new Mistake(`say what to do in quotes: "${positionals.join(' ')}"`)
  const { yes = false, budget = null, agent, plan: planFile = null } = values
  if (words === null && planFile === null)
    throw new Mistake('what should be done? Say it in quotes, like "log as JSON", or give a plan: --plan FILE')
  if (budget !== null && !isBudget(budget)) throw new Mistake(`'${budget}' is not a limit of money; write it like 5usd`)
  if (!yes && !canAsk)
    throw new Mistake('there is no terminal here to ask whether the plan is approved; --yes approves it', {
      typing: false,
    })
  return { words, planFile, budget, agent, yes }
}

const isBudget = (text: string): boolean => parseCommand(`/plan --budget ${text}`)?.ok === true && /^\S+$/.test(text)

/** The plan's file, if there is one, is judged here first, where each problem has its line. */
export async function readSource(
  { words, planFile }: Asked,
  settings: Settings,
  terminal: Terminal,
): Promise<{ source: IssueSource; plan: Plan | null } | { problems: CheckFinding[] }> {
  if (planFile === null) return { source: { words, plan: null }, plan: null }
  const text = await readNamed(terminal.cwd, planFile)
  const { plan, findings } = judgePlan({ name: planFile, text }, settings, unknownBase)
  if (plan === null) return { problems: findings.filter(isProblem) }
  return { source: { words, plan: { text, title: plan.title } }, plan }
}

export const problemLines = (problems: readonly CheckFinding[]): string[] => problems.flatMap(checkLines)

/** Throws a Mistake with the ways to go on if nothing here can make the plan, or do its tasks. */
export function refuseWithoutWorker(
  plan: Plan | null,
  worker: string | null,
  settings: Settings,
  { env }: Pick<Terminal, 'env'>,
): void {
  if (worker !== null) return
  const [agent] = findAgents(env)
  const others = `set ANTHROPIC_API_KEY, or let an agent do it: --agent ${agent ?? 'NAME'}`
  if (plan === null && settings.plan.command.length === 0)
    throw new Mistake(`nothing here writes plans; give one of yours (--plan FILE), ${others}`, { typing: false })
  const open = plan?.tasks.filter(isAgentTask).map(({ id }) => id) ?? []
  if (open.length > 0 && settings.worker.command.length === 0)
    throw new Mistake(`nothing here works on ${commaList(open)}; give each a \`run\`, ${others}`, { typing: false })
}
