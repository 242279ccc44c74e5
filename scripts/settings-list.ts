import { Document } from 'yaml'
import { settingsJsonSchema } from './json-schemas.ts'

/** A JSON schema, as far as the list needs it. */
interface Schema {
  description?: string
  default?: unknown
  examples?: unknown[]
  properties?: Record<string, Schema>
}

const BLOCK = /(?<=^```yaml\n)[\s\S]*?(?=\n```$)/m

/** The page with every setting, its default and its description in its first block of YAML. */
export function withSettingsList(page: string): string {
  const { properties = {} }: Schema = JSON.parse(JSON.stringify(settingsJsonSchema()))
  if (!BLOCK.test(page)) throw new Error('the page of settings has no block for the list')
  return page.replace(BLOCK, () => linesOf(properties, '').join('\n'))
}

const linesOf = (settings: Record<string, Schema>, indent: string): string[] =>
  Object.entries(settings).flatMap(([name, schema]) => {
    const comment = schema.description === undefined ? '' : ` # ${schema.description}`
    if (schema.properties !== undefined)
      return [`${indent}${name}:${comment}`, ...linesOf(schema.properties, `${indent}  `)]
    return schema.default === undefined
      ? [`${indent}# ${name}: ${inLine(exampleOf(name, schema))}${comment}`]
      : [`${indent}${name}: ${inLine(schema.default)}${comment}`]
  })

/** A setting without a default is shown by an example, as a comment. */
function exampleOf(name: string, { examples: [example] = [] }: Schema): unknown {
  if (example === undefined) throw new Error(`the setting ${name} has neither a default nor an example`)
  return example
}

const inLine = (value: unknown): string =>
  new Document(value).toString({ flowCollectionPadding: false, lineWidth: 0 }).trimEnd()
