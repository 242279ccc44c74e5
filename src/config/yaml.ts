import { Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml'
import { err, ok, type Result } from '../core/result.ts'
import { overBound } from './yaml-bounds.ts'
import { aliasProblems, doubledKeys, yamlProblem } from './yaml-faults.ts'

export type Path = readonly PropertyKey[]

export interface YamlText {
  value: unknown
  /** The line on which a value begins; if it is missing, that of its closest parent. */
  lineOf: (path: Path) => number
}

export interface YamlError {
  line: number
  message: string
}

/** How far aliases may unfold: enough to reuse one list in many tasks, too little to exhaust the memory. */
const ALIASES = 200
const MANY = 50
const VERSION = { schema: 'core', version: '1.2' } as const

/**
 * Parses YAML 1.2 without custom tags, duplicate keys and recursive anchors. Lines are counted with the `above` lines that
 * precede this text.
 */
export function readYaml(text: string, above = 0): Result<YamlText, YamlError[]> {
  const lines = new LineCounter()
  const options = { ...VERSION, merge: false, resolveKnownTags: false, uniqueKeys: false } as const
  const lineAt = (offset: number) => above + Math.max(1, lines.linePos(offset).line)
  const over = overBound(text)
  if (over !== null) return err([{ line: above + lineIn(text, over.offset), message: over.message }])
  const document = parseDocument(text, { ...options, stringKeys: true, prettyErrors: false, lineCounter: lines })
  const errors = firstOfEachLine([...document.errors, ...document.warnings], ({ pos }) => lineAt(pos[0]))
  const faults = [
    ...errors.map((error) => yamlProblem(error, { text, document, lineAt })),
    ...doubledKeys(document, lineAt, MANY),
    ...aliasProblems(document),
  ]
  if (faults.length > 0) {
    const first = firstOfEachLine(faults, ({ offset }) => lineAt(offset))
    return err(first.map(({ offset, message }) => ({ line: lineAt(offset), message })))
  }
  try {
    const value: unknown = document.toJS({ maxAliasCount: ALIASES })
    return ok({ value, lineOf: (path) => lineAt(offsetOf(document, path)) })
  } catch (cause) {
    // The parser checks the size of expanded aliases only here.
    if (cause instanceof ReferenceError)
      return err([
        {
          line: above + 1,
          message: 'The aliases (`*name`) would expand to too much text: use fewer of them',
        },
      ])
    throw cause
  }
}

const lineIn = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

/** The first lines with a problem: further problems on a line are mostly consequences, and each takes a look at the whole text. */
function firstOfEachLine<Found>(found: readonly Found[], lineOf: (one: Found) => number): Found[] {
  const seen = new Map<number, Found>()
  for (const one of found) if (!seen.has(lineOf(one))) seen.set(lineOf(one), one)
  return [...seen]
    .sort(([a], [b]) => a - b)
    .slice(0, MANY)
    .map(([, one]) => one)
}

/** A YAML list on one line. Words with white space are quoted, so that each is visibly one word. */
export function flowList(words: readonly string[]): string {
  const document = new Document([...words], VERSION)
  visit(document, {
    Seq(_, list) {
      list.flow = true
    },
    Scalar(_, word) {
      if (/\s/.test(String(word.value))) word.type = 'QUOTE_DOUBLE'
    },
  })
  return document.toString({ flowCollectionPadding: false, lineWidth: 0 }).trimEnd()
}

/** The offset of the value at a path, or of its closest parent in the text. */
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
