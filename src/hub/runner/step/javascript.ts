import { parsePairs, readStepFile } from '../job/env-files.ts'
import type { StepSession } from '../job/session.ts'
import { evaluateText } from '../workflow/expression.ts'
import type { ActionFile } from './action-file.ts'
import { mustSucceed } from './child.ts'
import { announceEnv } from './shell.ts'

export interface ActionCall {
  readonly action: ActionFile
  readonly uses: string
  readonly id: string | undefined
  readonly given: Readonly<Record<string, string>>
  /** Variables beside those of its step. */
  readonly env: Readonly<Record<string, string>>
}

/**
 * Names under `.localhost` are this machine (RFC 6761), and GITHUB_SERVER_URL is one of them. git knows that; Node asks the
 * system, and not every system does.
 */
const RESOLVER = `import dns from 'node:dns'
const { lookup } = dns
dns.lookup = (name, ...rest) => lookup(name.endsWith('.localhost') ? 'localhost' : name, ...rest)`
const NODE = ['--import', `data:text/javascript,${encodeURIComponent(RESOLVER)}`]

/** Runs a JavaScript action as a child of this process's own Node; its `post` is kept for the job's end. */
export async function runJavaScript(step: StepSession, call: ActionCall): Promise<void> {
  const { job } = step
  const inputs = inputsOf(step, call)
  announce(step, call, inputs)
  const env = { ...call.env, ...inputVariables(inputs), ...actionVariables(step, call) }
  try {
    await mustSucceed(step, { command: process.execPath, args: [...NODE, call.action.main], env })
  } finally {
    const { post, postIf } = call.action
    const states = Object.entries(parsePairs(readStepFile(step.files.state)))
    const state = Object.fromEntries(states.map(([name, value]) => [`STATE_${name}`, value]))
    if (post !== undefined) {
      job.posts.unshift({
        ...step.jobStep,
        id: undefined,
        title: () => `Post ${step.jobStep.title()}`,
        if: { expression: postIf },
        perform: (after) =>
          mustSucceed(after, { command: process.execPath, args: [...NODE, post], env: { ...env, ...state } }),
      })
    }
  }
}

function inputsOf(step: StepSession, { action, given, uses }: ActionCall): Record<string, string> {
  const names = new Set([...action.inputs].map((name) => name.toLowerCase()))
  const unexpected = Object.keys(given).filter((name) => !names.has(name.toLowerCase()))
  if (unexpected.length > 0) {
    const valid = [...action.inputs].map((name) => `'${name}'`).join(', ')
    step.job.log.write(
      `##[warning]Unexpected input(s) '${unexpected.join("', '")}' for ${uses}, valid inputs are [${valid}]`,
    )
  }
  const set = new Set(Object.keys(given).map((name) => name.toLowerCase()))
  const defaults = [...action.defaults].filter(([name]) => !set.has(name.toLowerCase()))
  return { ...Object.fromEntries(defaults.map(([name, tree]) => [name, evaluateText(tree, step.scope)])), ...given }
}

const inputVariables = (inputs: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value]),
  )

function actionVariables(step: StepSession, { action, id, uses }: ActionCall): Record<string, string> {
  const { world, record, plan } = step.job
  const [repository = '', ref = ''] = uses.split('@')
  const token = world.host.runtimeToken({ id: record.id, run_id: plan.record.id })
  step.job.log.masks.add(token)
  return {
    GITHUB_ACTION: id ?? `__${repository.replaceAll(/[^A-Za-z0-9-]/g, '_')}`,
    GITHUB_ACTION_PATH: action.folder,
    GITHUB_ACTION_REPOSITORY: uses.startsWith('.') ? '' : repository,
    GITHUB_ACTION_REF: ref,
    ACTIONS_RUNTIME_TOKEN: token,
    ACTIONS_RUNTIME_URL: world.host.resultsUrl,
    ACTIONS_RESULTS_URL: world.host.resultsUrl,
  }
}

function announce(step: StepSession, { uses }: ActionCall, inputs: Readonly<Record<string, string>>): void {
  const { log } = step.job
  const entries = Object.entries(inputs).filter(([, value]) => value !== '')
  log.write([`##[group]Run ${uses}`, 'with:', ...entries.map(([key, value]) => `  ${key}: ${value}`)].join('\n'))
  announceEnv(step.job, step.env)
  log.write('##[endgroup]')
}
