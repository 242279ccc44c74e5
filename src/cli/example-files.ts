import page from '../../docs/settings.md?raw'
import example from '../../examples/tributary.yml?raw'
import { SETTINGS_PATH } from '../core/settings.ts'
import { type ActionAddress, isLocal, parseAddress } from './address.ts'

/** Stands for the action's address in the workflow as it ships. GitHub allows no such name, so it cannot run by accident. */
export const PLACEHOLDER = '<OWNER>/<REPO>@<REF>'

/** What the demo writes for it: a login cannot hold a dot, so GitHub has no such repository; the hub runs the action beside it. */
export const LOCAL_ACTION = 'this.machine/tributary@demo'

/** The workflow that users paste. `uses` is the action's address, with a comment behind it if there is one. */
export const workflowFor = (uses: string): string => example.replace(PLACEHOLDER, () => uses)

/** The address in a text that is the workflow of this version. Null for any other text, and if no action is named yet. */
export function addressIn(text: string): string | null {
  const uses = /^ *uses: &tributary (.*)$/m.exec(text)?.[1] ?? ''
  const [address = ''] = uses.split(' #')
  if (!isLocal(address) && parseAddress(address) === null) return null
  return text === workflowFor(uses) ? address : null
}

export const WORKFLOW_PATH = '.github/workflows/tributary.yml'

/** The place of the one setting that must be enabled. */
export const SETTINGS_BOX =
  'Settings > Actions > General > Workflow permissions > "Allow GitHub Actions to create and approve pull requests"'

/** The defaults as docs/settings.md explains them, as comments: a line without its `#` counts. */
export function exampleSettings({ owner, repo, path }: ActionAddress, ref: string): string {
  const schema = `https://raw.githubusercontent.com/${owner}/${repo}/${ref}${path}/docs/tributary.schema.json`
  return [
    `# yaml-language-server: $schema=${schema}`,
    `# ${SETTINGS_PATH}: these are the defaults. To change one, remove the '# ' from its line and from the line of the key above it.`,
    ...defaults().map((line) => `# ${line}`),
    '',
  ].join('\n')
}

function defaults(): string[] {
  const block = /^```yaml\n([\s\S]*?)\n```$/m.exec(page)?.[1]
  if (block === undefined) throw new Error('docs/settings.md has no block of settings')
  return block.split('\n')
}
