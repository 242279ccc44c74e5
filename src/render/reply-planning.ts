import type { Answer } from '../core/answer.ts'
import { shortSha } from '../core/ref.ts'
import { code, codes } from './code.ts'
import { bounded, inline } from './escape.ts'
import { usd } from './money.ts'
import { count } from './words.ts'

export type PlanningAnswer = Extract<
  Answer,
  { code: 'revising' | 'answered' | 'gate-off' | 'steered' | 'budget-set' | 'plan-status' }
>

/** What is said to commands that shape a plan, its gate and its money. */
export function saidOfPlanning(answer: PlanningAnswer): string {
  switch (answer.code) {
    case 'plan-status':
      return `Run ${code(answer.run)}.`
    case 'revising':
      return `The plan of run ${code(answer.run)} is written anew with these words. The version that stands here counts no longer; the next one shows the difference.${waiting(answer.open)}`
    case 'answered':
      return `${count(answer.answers.length, 'answer')} taken, and the planning goes on:\n\n${answers(answer).join('\n')}`
    case 'gate-off':
      return gateOff(answer)
    case 'steered':
      return `The worker of ${code(answer.task)} reads this at its next turn. It approves nothing: paths, commands and the limit of money stay as they are.`
    case 'budget-set':
      return `Run ${code(answer.run)} may spend ${usd(answer.usd)}; it has spent ${usd(answer.spent)}.${answer.resumed ? ' It goes on now.' : ''}`
  }
}

const waiting = (open: readonly string[]): string =>
  open.length === 0 ? '' : ` ${count(open.length, 'question')} of the planner still waits for \`/answer\`.`

function answers({ questions, answers: given }: Extract<Answer, { code: 'answered' }>): string[] {
  return given.map(({ question, chosen, words }) => {
    const number = questions.findIndex(({ id }) => id === question) + 1
    return `- ${code(`${number}${chosen ?? ''}`)} ${inline(bounded(words, 300))}`
  })
}

function gateOff({ run, started, to }: Extract<Answer, { code: 'gate-off' }>): string {
  const begins = started ? ' The plan starts now.' : ''
  const moved =
    to === null
      ? ''
      : ` The base branch has moved to ${code(shortSha(to))} meanwhile, in no path that the plan uses, so the plan stays good.`
  return `Run ${code(run)} waits for no approval of its plan any more: what is verified is merged into its trunk. The final pull request is the gate.${begins}${moved} ${codes(['/cancel'])} stops the run.`
}
