import { caseFolded, isGitName } from '../text/git-path.ts'
import { quoted } from '../text/quoted.ts'

/** What is wrong with the files that a commit adds to its base, found in git's objects. */
export interface TreeFaults {
  /** Symbolic links that lead out of the repository, or into `.git`. */
  links: string[]
  /** A sentence for each new name that not every system can hold. */
  names: string[]
  /** Files for Git LFS whose objects would have to be stored there, which no task can do. */
  lfs: string[]
}

export const noFaults: TreeFaults = { links: [], names: [], lfs: [] }

const MOST_LINKS = 40

/** Whether a link leads to a place in the tree, which need not exist. `targets`: of all links of the tree, by path. */
export function staysInside(link: string, targets: ReadonlyMap<string, string>): boolean {
  const at = link.split('/')
  const todo: string[] = []
  let links = 0
  for (let part: string | undefined = at.pop(); part !== undefined; part = todo.shift()) {
    if (part === '' || part === '.') continue
    if (part === '..') {
      if (at.pop() === undefined) return false
      continue
    }
    if (isGitName(part)) return false
    at.push(part)
    const target = targets.get(at.join('/'))
    if (target === undefined) continue
    links += 1
    if (links > MOST_LINKS || target.startsWith('/') || target.includes('\0')) return false
    at.pop()
    todo.unshift(...target.split('/'))
  }
  return true
}

/** Sentences about added paths that Windows or macOS cannot hold, or holds as another one; what the base has may stay. */
export function nameFaults(changes: readonly { path: string; status: string }[], base: readonly string[]): string[] {
  const added = changes.filter(({ status }) => status === 'A')
  if (added.length === 0) return []
  const gone = new Set(changes.filter(({ status }) => status === 'D').map(({ path }) => path))
  const known = new Set(base.flatMap(withFolders))
  const left = new Set(base.filter((path) => !gone.has(path)).flatMap(withFolders))
  const spellings = new Map([...left].map((each) => [caseFolded(each), each]))
  const faults: string[] = []
  for (const { path } of added) {
    const fault = withFolders(path)
      .map((each) => faultOf(each, known, spellings))
      .find((found) => found !== null)
    if (fault != null) faults.push(fault)
  }
  return [...new Set(faults)]
}

function faultOf(path: string, known: ReadonlySet<string>, spellings: Map<string, string>): string | null {
  if (known.has(path)) return null
  const why = whyUnportable(path.slice(path.lastIndexOf('/') + 1))
  if (why !== null) return `${quoted(path)} ${why}`
  const other = spellings.get(caseFolded(path))
  spellings.set(caseFolded(path), other ?? path)
  if (other === undefined || other === path) return null
  return `${quoted(path)} is the same as ${quoted(other)} on systems that ignore case and accents' composition`
}

/** `a/b/c`: `a`, `a/b`, `a/b/c` */
const withFolders = (path: string): string[] => [
  ...[...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index)),
  path,
]

const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)/i
const LONGEST = 255

/** Why Windows or macOS cannot hold a file of this name, as the end of a sentence; null if both can. */
function whyUnportable(name: string): string | null {
  if (/\\[2-3][0-7]{2}/.test(name)) return 'is not UTF-8, which macOS and GitHub cannot show'
  const sign = /[<>:"|?*\\\p{Cc}]/u.exec(name)?.[0]
  if (sign !== undefined)
    return `has ${/\p{Cc}/u.test(sign) ? 'a control character' : quoted(sign)} in its name, which Windows cannot hold`
  if (/[. ]$/.test(name)) return 'ends with a dot or a space, which Windows cannot hold'
  if (DEVICE.test(name)) return 'is the name of a device on Windows'
  return name.length > LONGEST ? `has a name of more than ${LONGEST} characters` : null
}
