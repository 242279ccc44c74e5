import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { JobSession, StepSession } from '../job/session.ts'
import { evaluateText } from '../workflow/expression.ts'
import type { Tree } from '../workflow/tree.ts'
import type { RunStep } from '../workflow/workflow.ts'
import { mustSucceed, StepFailure } from './child.ts'

interface Shell {
  readonly template: string
  readonly extension: string
}

/** GitHub's defaults; `unnamed` is for a step that names no shell. */
const shells: Readonly<Record<string, Shell>> = {
  unnamed: { template: 'bash -e {0}', extension: '.sh' },
  bash: { template: 'bash --noprofile --norc -eo pipefail {0}', extension: '.sh' },
  sh: { template: 'sh -e {0}', extension: '.sh' },
  python: { template: 'python {0}', extension: '.py' },
  pwsh: { template: 'pwsh -command {0}', extension: '.ps1' },
  node: { template: 'node {0}', extension: '.js' },
}

function shellFor(name: string): Shell {
  const known = shells[name === '' ? 'unnamed' : name]
  if (known !== undefined) return known
  if (name.includes('{0}')) return { template: name, extension: '' }
  throw new StepFailure(`Invalid shell option '${name}'. Name a shell, or a command with '{0}' in it.`)
}

/** The step's shell, else the job's default, else the workflow's. */
const innermost = (step: StepSession, trees: readonly (Tree | undefined)[]): string =>
  evaluateText(
    trees.find((tree) => tree !== undefined),
    step.scope,
  )

export async function runScript(step: StepSession, definition: RunStep): Promise<void> {
  const { job } = step
  const defaults = [job.definition.defaults, job.plan.workflow.defaults]
  const shell = shellFor(innermost(step, [definition.shell, ...defaults.map((one) => one.shell)]))
  const folder = innermost(step, [definition.workingDirectory, ...defaults.map((one) => one.workingDirectory)])
  const script = evaluateText(definition.run, step.scope)
  announce(job, script, shell, step.env)
  const file = join(job.folders.temp, `${step.files.output.split('_').at(-1)}${shell.extension}`)
  writeFileSync(file, script)
  const [command = '', ...args] = shell.template.split(/\s+/).map((word) => word.replaceAll('{0}', file))
  await mustSucceed(step, {
    command,
    args,
    cwd: resolve(job.folders.workspace, folder),
    env: { GITHUB_ACTION: definition.id ?? '__run' },
  })
}

function announce(job: JobSession, script: string, shell: Shell, env: Readonly<Record<string, string>>): void {
  const title = script.trimStart().split(/\r?\n/)[0] ?? ''
  job.log.write(`##[group]Run ${title}\n${script.trimEnd()}\nshell: ${shell.template}`)
  announceEnv(job, env)
  job.log.write('##[endgroup]')
}

export function announceEnv(job: JobSession, env: Readonly<Record<string, string>>): void {
  const entries = Object.entries({ ...job.env, ...env })
  if (entries.length > 0) job.log.write(['env:', ...entries.map(([key, value]) => `  ${key}: ${value}`)].join('\n'))
}
