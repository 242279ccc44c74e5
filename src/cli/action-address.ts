import { Mistake } from './terminal.ts'

/** What stands behind `uses:` in a workflow: a repository, a folder of it, and a tag, branch or commit. */
export interface ActionAddress {
  owner: string
  repo: string
  /** '' or '/folder'. */
  path: string
  ref: string
}

const SHAPE =
  /^(?<owner>[A-Za-z0-9][\w-]*)\/(?<repo>[\w.-]*\w[\w.-]*)(?<path>(?:\/[\w-][\w.-]*)*)@(?<ref>[A-Za-z0-9][\w./-]*)$/

/** Null for what GitHub would not take, or git would take for something else. */
export function parseAddress(text: string): ActionAddress | null {
  const { owner, repo, path, ref } = SHAPE.exec(text)?.groups ?? {}
  if (owner === undefined || repo === undefined || path === undefined || ref === undefined) return null
  if (/\.\.|\/\/|\/$|\.$|\.lock$/.test(ref)) return null
  return { owner, repo, path, ref }
}

export function readAddress(text: string): ActionAddress {
  const address = parseAddress(text)
  if (address !== null) return address
  throw new Mistake(`--uses '${text}' is no address of an action; it is typed like this: --uses OWNER/REPO@REF`)
}

/** An action of the repository that the workflow is in. */
export const isLocal = (uses: string): boolean => /^(\.|\$)\//.test(uses)

export const isCommit = (ref: string): boolean => /^[0-9a-f]{40}$/.test(ref)

export const usesText = ({ owner, repo, path, ref }: ActionAddress): string => `${owner}/${repo}${path}@${ref}`
