/**
 * A path as git holds it: bytes, of which each is one character (latin1), since a name need not be UTF-8. Only `bytesOf` and
 * `fileAt` give it to git and to the file system, and only `pathOf` to people and rules.
 */
export type Name = string

/** Names that end with a zero byte each, as git lists them with `-z`. */
export const namesIn = (output: Buffer): Name[] =>
  output
    .toString('latin1')
    .split('\0')
    .filter((name) => name !== '')

export const bytesOf = (names: Name): Buffer => Buffer.from(names, 'latin1')

export const fileAt = (folder: string, name: Name): Buffer => Buffer.concat([Buffer.from(`${folder}/`), bytesOf(name)])

/** The path as text. In one that is not UTF-8, bytes outside of ASCII are shown as git shows them: `caf\351.txt`. */
export function pathOf(name: Name): string {
  const text = bytesOf(name).toString('utf8')
  if (Buffer.from(text).toString('latin1') === name) return text
  return name.replace(/[\x80-\xff]/g, (byte) => `\\${byte.charCodeAt(0).toString(8)}`)
}

/** Null if it is not UTF-8: arguments of a program are text. */
export function argumentOf(name: Name): string | null {
  const text = bytesOf(name).toString('utf8')
  return Buffer.from(text).toString('latin1') === name ? text : null
}
