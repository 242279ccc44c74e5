import { tmpdir } from 'node:os'
import { SETTINGS_PATH, type Settings } from '../../core/settings.ts'
import { type FoundSandbox, findSandbox } from '../find-sandbox.ts'
import type { Terminal } from '../subcommand.ts'

/** Why no task could run here, with the ways to change that; null if one can, or the settings want no sandbox. */
export async function whyNoSandbox(
  settings: Pick<Settings, 'sandbox'>,
  terminal: Pick<Terminal, 'env'>,
): Promise<string | null> {
  return settings.sandbox === 'off' ? null : noSandboxText(await findSandbox(terminal, tmpdir()))
}

export function noSandboxText(found: FoundSandbox): string | null {
  if (found.kind === 'bubblewrap') return null
  const install = found.fix.length === 0 ? '' : `to install one: ${found.fix.join(' && ')}; or `
  return `there is no sandbox for the commands of tasks here (${found.why}); ${install}write \`sandbox: off\` into ${SETTINGS_PATH} and commit it, which runs them as you`
}
