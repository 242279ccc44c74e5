import type { Admission } from './concurrency.ts'
import { evaluateBoolean, evaluateText, type Scope } from './workflow/expression.ts'
import { isMap, type Tree } from './workflow/tree.ts'

/** What a `concurrency:` key asks for: a group's name alone, or a mapping. */
export function admissionOf(concurrency: Tree | undefined, scope: Scope): Admission | undefined {
  if (concurrency === undefined || concurrency === null) return undefined
  if (!isMap(concurrency)) return { group: evaluateText(concurrency, scope), cancelInProgress: false, queue: 'single' }
  const cancelInProgress = evaluateBoolean(concurrency.get('cancel-in-progress'), scope, false)
  const queue = evaluateText(concurrency.get('queue'), scope) === 'max' ? 'max' : 'single'
  if (cancelInProgress && queue === 'max') {
    throw new Error("'queue: max' cannot be used together with 'cancel-in-progress: true'")
  }
  return { group: evaluateText(concurrency.get('group'), scope), cancelInProgress, queue }
}
