import { type ChangedTask, type HeadField, planDiff, type TaskField } from '../../core/plan/difference.ts'
import type { Plan, Task } from '../../core/plan/plan.ts'
import { shortPlanId } from '../../core/plan/plan-id.ts'
import type { Work } from '../../core/run/work.ts'
import { detailsBlock } from '../markdown/blocks.ts'
import { code, codes, commandText } from '../markdown/code.ts'
import { bounded } from '../markdown/escape.ts'
import { firstOf } from '../markdown/fit.ts'
import { count } from '../markdown/format.ts'
import { modelText } from '../markdown/model-text.ts'
import { taskTitle } from './tasks.ts'

/** A folded block with the changes since the version that people saw last. Empty for a first version. `room`: bytes. */
export function versionDifference({ plan, version, previous }: Work, room: number): string[] {
  if (previous === null) return []
  const lines = difference(previous.plan, plan)
  const before = `version ${version - 1} (plan <code>${shortPlanId(previous.planId)}</code>)`
  return detailsBlock(
    `What is different from ${before}`,
    lines.length === 0
      ? ['Nothing: both say the same.']
      : firstOf(lines, room, (left) => `- and ${count(left, 'more line')}`),
  )
}

function difference(before: Plan, after: Plan): string[] {
  const { head, added, removed, changed } = planDiff(before, after)
  return [
    ...head.map((field) => `- ${HEAD_NAMES[field]} changed${textChangeOf(before[field], after[field])}`),
    ...added.map(
      (task) => `- Added: ${taskTitle(task)}${task.needs.length === 0 ? '' : `, needs ${codes(task.needs)}`}`,
    ),
    ...removed.map((task) => `- Left out: ${taskTitle(task)}`),
    ...changed.flatMap(changedTask),
  ]
}

const HEAD_NAMES: Readonly<Record<HeadField, string>> = {
  title: 'Title',
  summary: 'Summary',
  context: 'Context',
  approach: 'Approach',
  assumptions: 'Assumptions',
  questions: 'Questions',
  non_goals: 'What is not part of it',
  critical_files: 'Critical files',
  verification: 'Verification',
}

/** Empty for lists: their changes are not shown. */
const textChangeOf = (before: unknown, after: unknown): string =>
  typeof before === 'string' && typeof after === 'string' ? ` ${textChange(before, after)}` : ''

const fromTo = (before: string, after: string): string => `from ${before} to ${after}`
const quotedText = (text: string): string => (text.trim() === '' ? 'nothing' : `“${modelText(text, 200)}”`)

/** Long texts start shortly before the first difference, so that the shown part contains it. */
function textChange(before: string, after: string): string {
  let same = 0
  while (same < before.length && before[same] === after[same]) same += 1
  const from = same <= 100 ? 0 : before.lastIndexOf(' ', same - 40) + 1
  const cut = (text: string) => (from === 0 ? text : `… ${text.slice(from)}`)
  return fromTo(quotedText(cut(before)), quotedText(cut(after)))
}

const changedTask = ({ before, after, fields }: ChangedTask): string[] =>
  fields.map((field) => {
    const [old, now] = [fieldOf(before, field), fieldOf(after, field)]
    const change =
      'text' in old && 'text' in now ? textChange(old.text, now.text) : fromTo(valueText(old), valueText(now))
    return `- ${code(after.id)} ${FIELD_NAMES[field]}: ${change}`
  })

const FIELD_NAMES: Readonly<Record<TaskField, string>> = {
  title: 'title',
  goal: 'goal',
  context: 'context',
  needs: 'needs',
  writes: 'writes',
  reads: 'reads',
  acceptance: 'acceptance',
  steps: 'steps',
  expected_outcome: 'expected outcome',
  interface: 'interface',
  out_of_scope: 'what is not part of it',
  risk: 'risk',
  size: 'size',
  model_tier: 'tier of the model',
  kind: 'kind',
  commands: 'further commands',
  run: 'command',
  timeout_minutes: 'minutes',
}

type Value = { text: string } | { codes: readonly string[] }

function fieldOf(task: Task, field: TaskField): Value {
  switch (field) {
    case 'needs':
    case 'writes':
    case 'reads':
      return { codes: task[field] }
    case 'acceptance':
      return { codes: task.acceptance.argv.length === 0 ? [] : [commandText(task.acceptance.argv)] }
    case 'commands':
      return { codes: task.commands.map(commandText) }
    case 'run':
      return { codes: task.run.length === 0 ? [] : [commandText(task.run)] }
    case 'steps':
      return { text: task.steps.join('; ') }
    case 'timeout_minutes':
      return { text: `${task.timeout_minutes}` }
    case 'title':
    case 'goal':
    case 'context':
    case 'expected_outcome':
    case 'interface':
    case 'out_of_scope':
    case 'risk':
    case 'size':
    case 'model_tier':
    case 'kind':
      return { text: task[field] }
  }
}

function valueText(value: Value): string {
  if ('text' in value) return quotedText(value.text)
  return value.codes.length === 0 ? 'none' : codes(value.codes.slice(0, 20).map((one) => bounded(one, 300)))
}

/** A line for each part that was added to the plan during the run, and whether it needs an approval. `room`: bytes. */
export function amendmentLines({ amendments, approved, mode }: Work, room: number): string[] {
  const lines = amendments.map(({ cause, of, added, removed, within }) => {
    const into = added.length === 0 ? 'nothing' : codes(added)
    const gone = removed.filter((id) => id !== of)
    const what =
      cause === 'review'
        ? `a review of the final pull request asks for ${into}, behind ${code(of)}`
        : cause === 'expand'
          ? `${code(of)} was turned into ${into}`
          : `${code(of)} failed for good${gone.length === 0 ? '' : ` (with it went ${codes(gone)})`}, and this part was planned again: ${into}`
    return `- ${what}; ${within ? WITHIN[mode] : approved === null ? PASSED[mode] : ASKED[mode]}`
  })
  return firstOf(lines, room, (left) => `- and ${count(left, 'more part')}`)
}

type ModeTexts = Readonly<Record<Work['mode'], string>>
const WITHIN: ModeTexts = {
  strict: 'within the paths and commands that were approved',
  soft: 'within the paths and commands of the plan',
  off: 'within the paths and commands of the plan',
}
const SINCE = 'beyond what was approved at first, and approved since'
const PASSED: ModeTexts = { strict: SINCE, soft: SINCE, off: 'beyond the paths and commands that the plan had' }
const NOT_YET = '**beyond what was approved: nothing of it'
const ASKED: ModeTexts = {
  strict: `${NOT_YET} starts before an approval**`,
  soft: `${NOT_YET} lands before an approval**`,
  off: PASSED.off,
}
