import type { Json } from './json.ts'
import { mapOf, type Tree, type TreeMap, treeText } from './tree.ts'

const declared = (on: TreeMap): TreeMap => mapOf(mapOf(on.get('workflow_dispatch')).get('inputs'))

const defaultOf = (definition: TreeMap): string | undefined => {
  const value = definition.get('default')
  return value === undefined || value === null ? undefined : String(value)
}

/** `github.event.inputs`: texts, with the defaults filled in. */
export function inputTexts(on: TreeMap, given: Readonly<Record<string, string>>): Record<string, string> {
  const filled = [...declared(on)].map(([name, definition]): [string, string] => [
    name,
    given[name] ?? defaultOf(mapOf(definition)) ?? '',
  ])
  return Object.fromEntries(filled)
}

/** `inputs`: as `github.event.inputs`, but booleans and numbers keep their types. */
export function inputValues(on: TreeMap, texts: Readonly<Record<string, string>>): Record<string, Json> {
  const definitions = declared(on)
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, typed(definitions.get(name), text)]))
}

function typed(definition: Tree | undefined, text: string): Json {
  const type = treeText(mapOf(definition).get('type'))
  if (type === 'boolean') return text === 'true'
  if (type === 'number') return Number(text)
  return text
}
