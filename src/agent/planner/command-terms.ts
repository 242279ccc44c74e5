import { agentCommandsOf, hostsOf, type Settings } from '../../core/settings.ts'

/** What the settings say of commands, as sentences for each stage that plans tasks or judges a plan. */
export const commandTerms = (settings: Settings): string[] => [
  ...(settings.commands.length === 0
    ? []
    : [`Commands may begin with these programs only: ${settings.commands.join(', ')}.`]),
  ...(agentCommandsOf(settings) === 'listed' ? [LISTED] : []),
  ...(hostsOf(settings).length === 0 ? [] : [hostsText(hostsOf(settings))]),
]

const LISTED =
  'Agents have no shell here: beside its acceptance and the verification, the agent of a task runs only what its `commands` lists. List what it needs while it works, such as a single test or a formatter; an entry that ends in `--` (`["npm", "test", "--"]`) allows any words behind it.'

const hostsText = (hosts: readonly string[]): string =>
  `Commands reach these hosts, by HTTPS, and no others: ${hosts.join(', ')}. What is installed has to come from there.`
