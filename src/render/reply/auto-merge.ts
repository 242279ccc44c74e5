import { shortSha } from '../../core/ids.ts'
import { code, stableCode } from '../markdown/code.ts'
import { bounded, inline, oneLine } from '../markdown/escape.ts'

type Outcome = { ok: true; how: 'enabled' | 'merged' } | { ok: false; message: string }
interface Asked {
  method: string
  head: string
  by: string
}

/** What is said on the final pull request after its approval, if `auto_merge` is on. */
export function renderAutoMerge(outcome: Outcome, { method, head, by }: Asked): string[] {
  const approved = `${inline(by)} approved ${code(shortSha(head))}`
  if (!outcome.ok)
    return [
      `${approved}, but GitHub does not switch on auto-merge: ${inline(bounded(oneLine(outcome.message), 300))}.`,
      '',
      'Merge this pull request yourself. "Allow auto-merge" is in the General settings of the repository.',
      '',
      stableCode('auto-merge-refused'),
    ]
  return outcome.how === 'enabled'
    ? [
        `${approved}: auto-merge is on (${code(method)}). GitHub merges this pull request when its rules are met.`,
        '',
        stableCode('auto-merge-on'),
      ]
    : [
        `${approved}, and nothing was missing for a merge: it is merged (${code(method)}).`,
        '',
        stableCode('auto-merged'),
      ]
}
