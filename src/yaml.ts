import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml'
import { err, ok, type Result } from './core/result.ts'

export type Path = readonly PropertyKey[]

export interface YamlText {
  value: unknown
  /** The line on which a value begins; where it is missing, that of the closest one around it. */
  lineOf: (path: Path) => number
}

export interface YamlError {
  line: number
  message: string
}

/** One list may stand for that of many tasks; a list of lists of lists may not fill the memory. */
const ALIASES = 200
const LONGEST = 200
const MANY = 50

/** Plain YAML 1.2: no tags of its own, no key twice, no anchor that holds itself. */
export function readYaml(text: string): Result<YamlText, YamlError[]> {
  const lines = new LineCounter()
  const options = { schema: 'core', version: '1.2', merge: false, resolveKnownTags: false } as const
  const document = parseDocument(text, { ...options, stringKeys: true, prettyErrors: false, lineCounter: lines })
  const lineAt = (offset: number) => Math.max(1, lines.linePos(offset).line)
  const errors = [...document.errors, ...document.warnings].map(({ message, pos }) => ({
    line: lineAt(pos[0]),
    message: message.slice(0, LONGEST),
  }))
  errors.push(
    ...circles(document).map((offset) => ({ line: lineAt(offset), message: 'An anchor may not hold itself' })),
  )
  if (errors.length > 0) return err(errors.slice(0, MANY))
  try {
    const value: unknown = document.toJS({ maxAliasCount: ALIASES })
    return ok({ value, lineOf: (path) => lineAt(offsetOf(document, path)) })
  } catch (cause) {
    // An alias without an anchor, or too many of them; the parser tells neither before this.
    if (cause instanceof ReferenceError) return err([{ line: 1, message: cause.message.slice(0, LONGEST) }])
    throw cause
  }
}

function circles(document: Document): number[] {
  const found: number[] = []
  visit(document, {
    Alias(_, alias) {
      const [start = 0] = alias.range ?? []
      const around = alias.resolve(document)?.range
      if (around && around[0] <= start && start < around[2]) found.push(start)
    },
  })
  return found
}

/** Where the last part of a path begins, as far as the text has it. */
function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents
  let offset = startOf(node)
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document)
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))
      if (pair === undefined) break
      offset = startOf(pair.key) || offset
      node = pair.value
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part]
      offset = startOf(node) || offset
    }
  }
  return offset
}

const startOf = (node: unknown): number => (isNode(node) ? (node.range?.[0] ?? 0) : 0)
