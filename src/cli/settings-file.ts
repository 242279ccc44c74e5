import page from '../../docs/settings.md?raw'
import { SETTINGS_PATH } from '../core/settings.ts'
import type { ActionAddress } from './action-address.ts'

/** The defaults as docs/settings.md explains them, as comments: a line without its `#` counts. */
export function settingsFor({ owner, repo, path }: ActionAddress, ref: string): string {
  const schema = `https://raw.githubusercontent.com/${owner}/${repo}/${ref}${path}/docs/tributary.schema.json`
  return [
    `# yaml-language-server: $schema=${schema}`,
    `# ${SETTINGS_PATH}: these are the defaults. To change one, take the '# ' away from it and from the line it stands under.`,
    ...defaults().map((line) => `# ${line}`),
    '',
  ].join('\n')
}

function defaults(): string[] {
  const block = /^```yaml\n([\s\S]*?)\n```$/m.exec(page)?.[1]
  if (block === undefined) throw new Error('docs/settings.md has no block of settings')
  return block.split('\n')
}
