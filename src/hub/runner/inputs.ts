import type { Json } from './json.ts'
import type { Tree, TreeMap } from './tree.ts'
import { mapOf, textOf, textsOf } from './tree.ts'

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
  const type = textOf(mapOf(definition).get('type'))
  if (type === 'boolean') return text === 'true'
  if (type === 'number') return Number(text)
  return text
}

/** Why GitHub would answer 422 to a dispatch with these inputs, in its words. */
export function inputProblem(on: TreeMap, given: Readonly<Record<string, string>>): string | undefined {
  const definitions = declared(on)
  const unknown = Object.keys(given).filter((name) => !definitions.has(name))
  if (unknown.length > 0) return `Unexpected inputs provided: ${JSON.stringify(unknown)}`
  for (const [name, definition] of definitions) {
    const problem = problemOf(name, mapOf(definition), given[name])
    if (problem !== undefined) return problem
  }
  return undefined
}

function problemOf(name: string, definition: TreeMap, given: string | undefined): string | undefined {
  const value = given ?? defaultOf(definition)
  if (value === undefined || value === '') {
    return definition.get('required') === true ? `Required input '${name}' not provided` : undefined
  }
  const options = textsOf(definition.get('options'))
  if (definition.get('type') === 'choice' && !options.includes(value)) {
    return `Provided value '${value}' for input '${name}' not in the list of allowed values`
  }
  return undefined
}
