import type { StepSession } from '../job/session.ts'
import { runChild, StepFailure } from './child.ts'

/** `actions/setup-node`: only the machine's own Node is available; the log says so if a step needs another version. */
export async function setupNode(step: StepSession, inputs: ReadonlyMap<string, string>): Promise<void> {
  const { log } = step.job
  const lines: string[] = []
  const onLine = (line: string): unknown => lines.push(line)
  const code = await runChild(step, { command: 'node', args: ['--version'], onLine })
  const version = lines[0]?.trim() ?? ''
  if (code !== 0) throw new StepFailure('actions/setup-node: no working Node was found on the PATH.')
  const requested = inputs.get('node-version') ?? ''
  log.write(
    `The hub installs no Node: this machine's ${version} is used${requested === '' ? '' : ` (asked for: ${requested})`}.`,
  )
  if (!roughly(version, requested))
    log.write(`##[warning]Node ${requested} was asked for, ${version} is what this machine has.`)
  step.outputs['node-version'] = version
}

/** Only a plain major version can be compared without resolving ranges and aliases. */
function roughly(version: string, requested: string): boolean {
  const major = /^v?(\d+)(\.|$)/.exec(requested)?.[1]
  return major === undefined || version.startsWith(`v${major}.`)
}
