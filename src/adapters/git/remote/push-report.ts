import type { RefusedRef } from '../../../ports/journal.ts'

/** What a push that failed reports. `refs`: the refused refs, as far as the remote names them. */
export type PushReport =
  | { verdict: 'lost' | 'unknown' }
  /** Nothing moved. */
  | { verdict: 'refused'; refs: RefusedRef[]; words: string }

interface Rejection {
  ref: string
  /** `rejected` by git here, `remote rejected` by the remote, `remote failure` without an answer. */
  by: string
  reason: string
}

/** Of a porcelain line: `!`, tab, `<from>:<to>`, tab, `[remote rejected] (hook declined)`. */
const REJECTION = /^!\t[^\t]*:(\S+)\t\[([^\]]+)\](?: \((.*)\))?$/

/** Reasons that only repeat that another ref of the same push failed. */
const COLLATERAL = ['atomic push failed', 'atomic push failure', 'atomic transaction failed', 'transaction failed']
/** Reasons of git, whole, that mean that another writer was faster; by git here, then by the remote. */
const LOST_HERE = ['stale info', 'fetch first', 'already exists']
const LOST_THERE = ['failed to update ref', 'incorrect old value provided', 'reference already exists']
/** Reasons of a remote that broke down, so that a retry may pass. */
const BROKEN = ['internal server error', 'unpacker error']

/** Of the whole push. A token that is not taken is told apart from it before. */
const DENIED = /returned error: (?:403|404)/

/** Reads what `git push --porcelain` printed. `refs`: all that were pushed. */
export function readReport(stdout: string, stderr: string, refs: readonly string[]): PushReport {
  const rejections = stdout.split('\n').flatMap(rejectionOf)
  const said = remoteLines(stderr)
  if (rejections.length === 0) return DENIED.test(stderr) ? refusedAll(refs, words(stderr)) : { verdict: 'unknown' }
  const locks = said.flatMap(lockOf)
  if (rejections.some((one) => isBroken(one, said))) return { verdict: 'unknown' }
  const own = rejections.filter(
    (one) => !COLLATERAL.includes(one.reason) && !isLost(one) && lockOf(one.reason).length === 0,
  )
  const blocked = [...locks, ...rejections.flatMap(({ reason }) => lockOf(reason))].filter(({ obstacle }) => obstacle)
  if (own.length === 0 && blocked.length === 0) return { verdict: 'lost' }
  const refused = [...named(own, rejections, said), ...blocked.map(({ ref, line }) => ({ ref, words: line }))]
  return { verdict: 'refused', refs: refused, words: textOf(said, own[0]?.reason ?? '') }
}

const rejectionOf = (line: string): Rejection[] => {
  const [, ref, by, reason = ''] = REJECTION.exec(line) ?? []
  return ref === undefined || by === undefined ? [] : [{ ref, by, reason }]
}

const isLost = ({ by, reason }: Rejection): boolean => (by === 'rejected' ? LOST_HERE : LOST_THERE).includes(reason)

/** A remote that refuses an object says which one; without that, unpacking broke down. */
const isBroken = ({ by, reason }: Rejection, said: readonly string[]): boolean =>
  by === 'remote failure' ||
  (BROKEN.includes(reason.toLowerCase()) && !said.some((line) => /\bobject [0-9a-f]{40}\b/.test(line)))

/** `obstacle`: another ref takes the place of a folder that this one needs, or the other way round; else it is a lost race. */
function lockOf(text: string): { ref: string; line: string; obstacle: boolean }[] {
  const [line, ref, why = ''] = /cannot lock ref '([^']+)': (.*)$/.exec(text) ?? []
  if (line === undefined || ref === undefined) return []
  return [{ ref, line, obstacle: /^'refs\/[^']+' exists; cannot create '/.test(why) }]
}

/**
 * A hook that looks at the whole push rejects every ref of it, the innocent ones too. What it says may name the guilty
 * ones; if it does not, none is named here.
 */
function named(own: readonly Rejection[], all: readonly Rejection[], said: readonly string[]): RefusedRef[] {
  const isWhole = own.length === all.length && all.length > 1
  const guilty = isWhole ? own.filter(({ ref }) => said.some((line) => mentions(line, ref))) : own
  return guilty.map(({ ref, reason }) => ({ ref, words: textOf(about(ref, said, all), reason) }))
}

const mentions = (line: string, ref: string): boolean => line.split(/[\s'"`,;:]+|\.(?=\s|$)/).includes(ref)

/** GitHub begins each of its errors like this. */
const BEGINS = /^error: |^GH\d{3}: |^refusing /

/** The paragraphs about a ref; if none names it, those that name no other ref of the push. */
function about(ref: string, said: readonly string[], all: readonly Rejection[]): string[] {
  const paragraphs: string[][] = []
  for (const line of said) {
    if (paragraphs.length === 0 || BEGINS.test(line)) paragraphs.push([])
    paragraphs.at(-1)?.push(line)
  }
  const namesOne = (refs: readonly string[]) => (lines: string[]) =>
    lines.some((line) => refs.some((one) => mentions(line, one)))
  const own = paragraphs.filter(namesOne([ref]))
  const isOther = namesOne(all.map((one) => one.ref))
  return (own.length > 0 ? own : paragraphs.filter((lines) => !isOther(lines))).flat()
}

const remoteLines = (stderr: string): string[] =>
  stderr.split('\n').flatMap((line) => {
    const text = /^remote: (.*)$/.exec(line)?.[1]?.trim() ?? ''
    return text === '' || /^error: hook declined to update /.test(text) ? [] : [text]
  })

const LONGEST = 1500
const words = (text: string): string => text.trim().slice(0, LONGEST)
const textOf = (said: readonly string[], reason: string): string =>
  words(said.join('\n')) || reason || 'it gave no reason'

const refusedAll = (refs: readonly string[], why: string): PushReport => ({
  verdict: 'refused',
  refs: refs.map((ref) => ({ ref, words: why })),
  words: why,
})
