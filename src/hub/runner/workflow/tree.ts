import { isMapping, isSequence } from '@actions/workflow-parser'
import { BasicExpressionToken } from '@actions/workflow-parser/templates/tokens/basic-expression-token'
import { BooleanToken } from '@actions/workflow-parser/templates/tokens/boolean-token'
import { NumberToken } from '@actions/workflow-parser/templates/tokens/number-token'
import { StringToken } from '@actions/workflow-parser/templates/tokens/string-token'
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token'

/** An expression without its `${{ }}`; a text with expressions in it is one `format(...)`. */
export interface Expression {
  readonly expression: string
}

/** A part of a workflow file, its expressions not yet evaluated. */
export type Tree = null | boolean | number | string | Expression | readonly Tree[] | TreeMap
export type TreeMap = ReadonlyMap<string, Tree>

export const isMap = (tree: Tree | undefined): tree is TreeMap => tree instanceof Map

export const isList = (tree: Tree | undefined): tree is readonly Tree[] => Array.isArray(tree)

export const isExpression = (tree: Tree | undefined): tree is Expression =>
  typeof tree === 'object' && tree !== null && 'expression' in tree

export const treeText = (tree: Tree | undefined): string | undefined => (typeof tree === 'string' ? tree : undefined)

export const mapOf = (tree: Tree | undefined): TreeMap => (isMap(tree) ? tree : new Map())

/** A YAML scalar or list of scalars as a list of texts. */
export const textsOf = (tree: Tree | undefined): string[] => {
  if (tree === undefined || tree === null) return []
  return (isList(tree) ? tree : [tree]).map(String)
}

export function treeOf(token: TemplateToken): Tree {
  if (isMapping(token)) {
    return new Map([...token].map((pair): [string, Tree] => [pair.key.toString(), treeOf(pair.value)]))
  }
  if (isSequence(token)) return [...token].map(treeOf)
  if (token instanceof BasicExpressionToken) return { expression: token.expression }
  if (token instanceof StringToken || token instanceof BooleanToken || token instanceof NumberToken) return token.value
  return null
}
