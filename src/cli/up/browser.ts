import { spawn } from 'node:child_process'
import type { Terminal } from '../subcommand.ts'

/** Opens a link in the person's browser, if this session has a screen for one. The link is printed in any case. */
export function openBrowser(link: string, { env, screen }: Pick<Terminal, 'env' | 'screen'>): void {
  if (screen === undefined) return
  const program = browserProgram(process.platform, env)
  if (program === null) return
  const child = spawn(program, [link], { stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}

/** Without a display, xdg-open would start a browser in the terminal. */
export function browserProgram(platform: string, env: Terminal['env']): 'open' | 'xdg-open' | null {
  if (platform === 'darwin') return 'open'
  const hasDisplay = (env.DISPLAY ?? '') !== '' || (env.WAYLAND_DISPLAY ?? '') !== ''
  return platform === 'linux' && hasDisplay ? 'xdg-open' : null
}
