/** Characters that HFS+ leaves out of a name. */
const LEFT_OUT = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g

/**
 * Whether some machine takes this name of a folder for `.git`: by its case, characters that are not seen, a short name, a
 * stream (`.git::$INDEX_ALLOCATION`), dots and spaces at the end, or a backslash for a slash.
 */
export const isGitName = (name: string): boolean =>
  name.split(/[\\/]/).some((part) => {
    const bare = (part.split(':')[0] ?? '').replace(LEFT_OUT, '').replace(/[. ]+$/, '')
    return /^(?:\.git|git~\d+)$/i.test(bare)
  })
