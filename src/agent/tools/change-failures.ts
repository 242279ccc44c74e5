import type { Edited, EditFailure } from '../../ports/sources.ts'

/** Why a file was not changed, for the model. */
export const reasonOf = ({ why, detail }: Extract<Edited, { ok: false }>): string =>
  `${REASONS[why]}${detail === '' ? '' : ` (${detail})`}`

const REASONS: Readonly<Record<EditFailure, string>> = {
  'outside-the-folder': 'the path leads out of the repository',
  'no-such-file': 'there is no such file; list shows what there is, write makes a new one',
  'not-a-file': 'that is no file',
  symlink: 'a symbolic link is on the way, and links are never followed; delete can remove it',
  'hard-link': 'the file has a second name somewhere (a hard link), so it is left alone; delete can remove this name',
  'not-text': 'that is no text in UTF-8',
  exists: 'there is something of that name already',
  'not-found': '`old` does not stand in the file; view it first',
  'not-unique': '`old` stands in the file more than once; take in more lines around it',
  ignored:
    'git ignores that path, so the file would be no part of your work; take a path that no .gitignore names, or leave it to a command to make it',
  'too-large': 'that is larger than a file may be',
}
