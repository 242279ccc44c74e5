// @ts-check
// TypeScript sources, and what their syntax alone tells: `measure` reads old commits, whose packages are not installed.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'

/** @typedef {{ path: string, lines: number, tree: import('typescript').SourceFile }} Source */

/**
 * @param {string} root
 * @param {string} room a folder in it
 * @returns {Source[]}
 */
export function sourcesIn(root, room) {
  if (!existsSync(join(root, room))) return []
  const paths = filesUnder(join(root, room)).filter((path) => path.endsWith('.ts'))
  return paths.map((path) => {
    const text = readFileSync(path, 'utf8')
    const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
    return { path: relative(root, path), lines: text.split('\n').length - 1, tree }
  })
}

/** @param {string} folder */
export function filesUnder(folder) {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))
  return paths.filter((path) => statSync(path).isFile())
}

/**
 * Static imports of known files, those of types and re-exports too.
 * @param {Source} source
 * @param {Set<string>} known paths
 */
export function importsOf({ path, tree }, known) {
  const found = tree.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return []
    const { moduleSpecifier: from } = statement
    if (from === undefined || !ts.isStringLiteral(from) || !from.text.startsWith('.')) return []
    const to = join(dirname(path), from.text)
    return [to, `${to}.ts`, to.replace(/\.js$/, '.ts'), join(to, 'index.ts')].filter((one) => known.has(one))
  })
  return [...new Set(found)]
}

/**
 * Names that a file declares and exports. A re-export is the same thing under the same name, and does not count.
 * @param {Source} source
 */
export function exportsOf({ tree }) {
  return [...new Set(tree.statements.flatMap(exportedBy))]
}

/**
 * @param {import('typescript').Statement} statement
 * @returns {string[]}
 */
function exportedBy(statement) {
  if (ts.isExportDeclaration(statement)) {
    const { exportClause: clause, moduleSpecifier: from } = statement
    if (from !== undefined || clause === undefined || !ts.isNamedExports(clause)) return []
    return clause.elements.map(({ name }) => name.text)
  }
  const words = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []).map(({ kind }) => kind) : []
  if (!words.includes(ts.SyntaxKind.ExportKeyword) || words.includes(ts.SyntaxKind.DefaultKeyword)) return []
  const declared = ts.isVariableStatement(statement) ? statement.declarationList.declarations : [statement]
  return declared.flatMap((one) =>
    'name' in one ? [/** @type {import('typescript').Identifier} */ (one.name).text] : [],
  )
}

/**
 * Functions with a name, and how long they are. A callback is part of the function that it stands in.
 * @param {Source} source
 */
export function functionsOf({ path, tree }) {
  /** @type {{ lines: number, at: string }[]} */
  const found = []
  const lineOf = (/** @type {number} */ position) => tree.getLineAndCharacterOfPosition(position).line + 1
  const visit = (/** @type {import('typescript').Node} */ node) => {
    if (isNamedFunction(node)) {
      const first = lineOf(node.getStart(tree))
      found.push({ lines: lineOf(node.end) - first + 1, at: `${path}:${first}` })
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

/** @param {import('typescript').Node} node */
function isNamedFunction(node) {
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node))
    return ts.isVariableDeclaration(node.parent) || ts.isPropertyAssignment(node.parent)
  return ts.isFunctionLike(node) && 'body' in node && node.body !== undefined
}
