import { HUB_HELP, runHubCommand } from '../hub/command.ts'
import type { Subcommand } from './subcommand.ts'

export const hub: Subcommand = {
  name: 'hub',
  summary: 'serves a repository of this machine as GitHub would',
  help: HUB_HELP,
  run: runHubCommand,
}
