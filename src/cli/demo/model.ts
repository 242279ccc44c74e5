import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { readHandPlan } from '../../config/hand-plan.ts'
import { defaultSettings } from '../../core/settings.ts'
import { startModelServer } from '../../model-double/server.ts'
import { Mistake, type Terminal } from '../subcommand.ts'
import { DemoFailure } from './failure.ts'
import { recordSteps } from './record.ts'
import type { Issue } from './sample-repository.ts'
import { demoScript } from './script.ts'

/** The demo's model: none (plan and programs by hand), a script behind the model's API, or the real model. */
export type DemoModelKind = 'none' | 'script' | 'live'

export interface DemoModel {
  /** Secrets and variables with which the workflow reaches the model. */
  secrets: Readonly<Record<string, string>>
  variables: Readonly<Record<string, string>>
  issue: Issue
  /** A notice about the model for the person at the terminal, or null. */
  notice: string | null
  close(): Promise<void>
}

/** `folder`: the demo's, in which the steps for the script are recorded. */
export async function openDemoModel(
  modelKind: DemoModelKind,
  issue: Issue,
  terminal: Terminal,
  folder: string,
): Promise<DemoModel> {
  if (modelKind === 'none') return { secrets: {}, variables: {}, issue, notice: null, close: async () => {} }
  const asked = { ...issue, body: withoutPlan(issue.body) }
  return modelKind === 'live' ? live(asked, terminal) : scriptedModel(asked, issue, terminal, folder)
}

const withoutPlan = (body: string): string => body.replace(/```tributary\n[\s\S]*?\n```\n?/, '').trimEnd()

function live(issue: Issue, { env, command }: Terminal): DemoModel {
  const key = env.ANTHROPIC_API_KEY
  if (key === undefined || key === '')
    throw new Mistake(`--live needs a key: ANTHROPIC_API_KEY=... ${command} demo --live`, { typing: false })
  const url = env.ANTHROPIC_BASE_URL
  const headers = env.ANTHROPIC_CUSTOM_HEADERS
  return {
    secrets: { ANTHROPIC_API_KEY: key, ...(headers && { ANTHROPIC_CUSTOM_HEADERS: headers }) },
    variables: url === undefined || url === '' ? {} : { ANTHROPIC_BASE_URL: url },
    issue,
    notice: 'The real model plans and works with your key. This costs money, up to the limit in .github/tributary.yml.',
    close: async () => {},
  }
}

async function scriptedModel(issue: Issue, written: Issue, { home }: Terminal, folder: string): Promise<DemoModel> {
  const read = readHandPlan(written.body, defaultSettings)
  if (!read.ok) throw new DemoFailure('the plan of issue.md cannot be read')
  const calls = await recordSteps(join(home, 'examples', 'demo'), join(folder, 'steps'), read.value.tasks)
  const apiKey = `sk-ant-demo-${randomBytes(16).toString('hex')}`
  const server = await startModelServer({ apiKey, script: demoScript(read.value, calls) })
  return {
    secrets: { ANTHROPIC_API_KEY: apiKey },
    variables: { ANTHROPIC_BASE_URL: server.url },
    issue,
    notice: `A scripted model on ${server.url} plans and works: its words are scripted, its edits and their tests are real.`,
    close: () => server.close(),
  }
}
