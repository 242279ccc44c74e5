import type { HubEvent } from '../../host.ts'
import { jsonOf, textAt } from './json.ts'
import { type Source, shortRef } from './source.ts'
import { mapOf, type TreeMap, textsOf } from './tree.ts'

const defaultTypes: Readonly<Record<string, readonly string[]>> = {
  pull_request: ['opened', 'synchronize', 'reopened'],
  pull_request_target: ['opened', 'synchronize', 'reopened'],
}

/** Whether a workflow's `on` listens to this event. */
export async function listens(on: TreeMap, path: string, event: HubEvent, source: Source): Promise<boolean> {
  if (!on.has(event.name)) return false
  if (event.name === 'workflow_dispatch') return isNamed(path, event.workflow)
  const filter = mapOf(on.get(event.name))
  if (!takesType(filter, event)) return false
  if (event.name === 'push') return takesPush(filter, source) && takesPaths(filter, source)
  if (!event.name.startsWith('pull_request')) return true
  return takesNames(filter, 'branches', source.baseRef) && takesPaths(filter, source)
}

const isNamed = (path: string, workflow: string | undefined): boolean =>
  workflow !== undefined && (path === workflow || path === `.github/workflows/${workflow}`)

function takesType(filter: TreeMap, event: HubEvent): boolean {
  const types = filter.has('types') ? textsOf(filter.get('types')) : defaultTypes[event.name]
  return types === undefined || types.includes(textAt(jsonOf(event.payload), 'action'))
}

/** A push concerns a branch or a tag; a filter for only one of them excludes the other. */
function takesPush(filter: TreeMap, source: Source): boolean {
  const requested = (kind: string): boolean => filter.has(kind) || filter.has(`${kind}-ignore`)
  const [kind, other] = source.ref.startsWith('refs/tags/') ? ['tags', 'branches'] : ['branches', 'tags']
  if (!requested(kind)) return !requested(other)
  return takesNames(filter, kind, shortRef(source.ref))
}

function takesNames(filter: TreeMap, kind: string, name: string): boolean {
  if (filter.has(kind)) return matchesFilter(textsOf(filter.get(kind)), name)
  return !matchesFilter(textsOf(filter.get(`${kind}-ignore`)), name)
}

async function takesPaths(filter: TreeMap, source: Source): Promise<boolean> {
  if (!filter.has('paths') && !filter.has('paths-ignore')) return true
  const paths = await source.changed()
  return paths.some((path) => takesNames(filter, 'paths', path))
}

/** GitHub's filter patterns: `*` stops at a slash, `**` does not, `?` and `+` repeat what stands before them. */
function patternOf(glob: string): RegExp {
  const parts = glob.match(/\*\*\/?|\*|\[[^\]]*\]|\\?./gs) ?? []
  const source = parts.map((part) => {
    if (part === '**/') return '(?:.*/)?'
    if (part === '**') return '.*'
    if (part === '*') return '[^/]*'
    if (part === '?' || part === '+' || part.startsWith('[')) return part
    return part.replace(/^\\/, '').replace(/[.^$(){}|\\/-]/g, '\\$&')
  })
  return new RegExp(`^${source.join('')}$`)
}

/** The last matching pattern decides; `!` excludes what an earlier one included. */
export function matchesFilter(patterns: readonly string[], text: string): boolean {
  return patterns.reduce((taken, pattern) => {
    const out = pattern.startsWith('!')
    return patternOf(out ? pattern.slice(1) : pattern).test(text) ? !out : taken
  }, false)
}
