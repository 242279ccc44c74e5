import { data, Evaluator, Lexer, Parser, type Result } from '@actions/expressions'
import type { FunctionDefinition } from '@actions/expressions/funcs/info'
import { truthy } from '@actions/expressions/result'
import { isArray, type Json } from './json.ts'
import { type Expression, isExpression, isList, isMap, type Tree } from './tree.ts'

type Data = data.ExpressionData

/** The values of `success()`, `failure()` and `cancelled()` at one point of a run. */
export interface Status {
  success(ids: readonly string[]): boolean
  failure(ids: readonly string[]): boolean
  cancelled(): boolean
}

export interface Scope {
  readonly contexts: Readonly<Record<string, Json>>
  readonly status?: Status
}

export const withContexts = (scope: Scope, contexts: Readonly<Record<string, Json>>): Scope => ({
  ...scope,
  contexts: { ...scope.contexts, ...contexts },
})

const noStatus: Status = { success: () => true, failure: () => false, cancelled: () => false }

const define = (name: string, maxArgs: number, call: (...args: Data[]) => Data): FunctionDefinition => ({
  name,
  minArgs: 0,
  maxArgs,
  call,
})

function statusFunctions(status: Status): FunctionDefinition[] {
  const bool = (value: boolean): Data => new data.BooleanData(value)
  const ids = (args: Data[]): string[] => args.map((arg) => arg.coerceString())
  return [
    define('always', 0, () => bool(true)),
    define('cancelled', 0, () => bool(status.cancelled())),
    define('success', Number.MAX_SAFE_INTEGER, (...args) => bool(status.success(ids(args)))),
    define('failure', Number.MAX_SAFE_INTEGER, (...args) => bool(status.failure(ids(args)))),
    define('hashFiles', 255, () => {
      throw new Error('hashFiles() is not provided by the hub')
    }),
  ]
}

function toData(value: Json): Data {
  if (value === null) return new data.Null()
  if (typeof value === 'string') return new data.StringData(value)
  if (typeof value === 'number') return new data.NumberData(value)
  if (typeof value === 'boolean') return new data.BooleanData(value)
  if (isArray(value)) return new data.Array(...value.map(toData))
  const pairs = Object.entries(value).filter(([, part]) => part !== undefined)
  return new data.Dictionary(...pairs.map(([key, part]) => ({ key, value: toData(part) })))
}

const toJson = (value: Data): Json => JSON.parse(JSON.stringify(value, data.replacer))

/** The lexer unescapes only the first `''` of a string (seen in 0.3.61); GitHub unescapes all. */
function tokensOf(expression: string): Result['tokens'] {
  const { tokens } = new Lexer(expression).lex()
  return tokens.map((token) =>
    token.lexeme.startsWith("'") ? { ...token, value: token.lexeme.slice(1, -1).replaceAll("''", "'") } : token,
  )
}

function run({ expression }: Expression, scope: Scope): Data {
  const contexts = Object.entries(scope.contexts).map(([key, value]) => ({ key, value: toData(value) }))
  const functions = statusFunctions(scope.status ?? noStatus)
  const tree = new Parser(tokensOf(expression), Object.keys(scope.contexts), functions).parse()
  const byName = new Map(functions.map((definition) => [definition.name.toLowerCase(), definition]))
  return new Evaluator(tree, new data.Dictionary(...contexts), byName).evaluate()
}

const scalarData = (tree: Tree, scope: Scope): Data =>
  isExpression(tree) ? run(tree, scope) : toData(evaluate(tree, scope))

export function evaluate(tree: Tree, scope: Scope): Json {
  if (isExpression(tree)) return toJson(run(tree, scope))
  if (isMap(tree)) return Object.fromEntries([...tree].map(([key, part]) => [key, evaluate(part, scope)]))
  if (isList(tree)) return tree.map((part) => evaluate(part, scope))
  return tree
}

export const evaluateCondition = (condition: Expression, scope: Scope): boolean => truthy(run(condition, scope))

export const evaluateText = (tree: Tree | undefined, scope: Scope): string =>
  tree === undefined ? '' : scalarData(tree, scope).coerceString()

/** `true` and `"true"` are both true, as on GitHub's runner. */
export function evaluateBoolean(tree: Tree | undefined, scope: Scope, fallback: boolean): boolean {
  if (tree === undefined) return fallback
  const value = evaluate(tree, scope)
  if (typeof value === 'boolean') return value
  if (value === 'true' || value === 'false') return value === 'true'
  throw new Error(`Unexpected value '${String(value)}': a boolean was expected`)
}

export function evaluateNumber(tree: Tree | undefined, scope: Scope, fallback: number): number {
  if (tree === undefined) return fallback
  const value = scalarData(tree, scope)
  const number = value.primitive ? value.number() : Number.NaN
  if (Number.isNaN(number)) throw new Error(`Unexpected value '${value.coerceString()}': a number was expected`)
  return number
}

/** A mapping of texts: `env`, `with`, `outputs`. The whole mapping may be one expression. */
export function evaluateTexts(tree: Tree | undefined, scope: Scope): Record<string, string> {
  if (tree === undefined || tree === null) return {}
  if (isMap(tree)) return Object.fromEntries([...tree].map(([key, part]) => [key, evaluateText(part, scope)]))
  const value = toData(evaluate(tree, scope))
  if (!(value instanceof data.Dictionary)) throw new Error('A mapping was expected')
  return Object.fromEntries(value.pairs().map((pair) => [pair.key, pair.value.coerceString()]))
}
