import type { Problem } from '../../core/failure.ts'
import { SETTINGS_PATH } from '../../core/settings.ts'
import { type Draft, record } from '../draft.ts'
import { nowOf, type Session } from '../session.ts'

export const problem = (code: Problem['code'], message: string): Problem => ({ code, task: null, field: null, message })

/** A plan that no comment can hold. */
export const tooLong: Problem = problem('too-long', 'The plan does not fit into a comment: make it two issues.')

export const refuse = (session: Session, draft: Draft, problems: Problem[]): Draft =>
  record(draft, nowOf(session), { type: 'plan_refused', problems })

export const withoutPrice = (model: string): string =>
  `\`${model}\` has no price here, so no limit could hold for it: add it to \`prices\` in \`${SETTINGS_PATH}\`.`
