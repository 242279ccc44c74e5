import type { Scripts } from './scripts.ts'

/** What is known of the commit that a plan builds on. */
export interface KnownBase {
  /** Every path of its tree, symbolic links and submodules too; null: not known. */
  files: ReadonlySet<string> | null
  /** Of the package.json at its top; null: there is none that can be read. */
  scripts: Scripts
}

export const unknownBase: KnownBase = { files: null, scripts: null }
