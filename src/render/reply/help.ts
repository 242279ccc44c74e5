import { COMMANDS } from '../../core/command/parse.ts'
import { reviewModelOf, type Settings } from '../../core/settings.ts'
import { sections, table } from '../markdown/blocks.ts'
import { code, stableCode } from '../markdown/code.ts'
import { bounded, inline } from '../markdown/escape.ts'
import { firstOf, fitted, LIMITS } from '../markdown/fit.ts'
import { commaList, count, usd } from '../markdown/format.ts'
import { MODE_MEANINGS } from '../plan/planning-progress.ts'

/** The same for those who may command nothing here, whatever the settings say: reading these would cost requests. */
export const renderHelpForOutsiders = (): string =>
  fitted(LIMITS.comment - 500, [
    () =>
      sections(
        commandTable(),
        [
          '`/help`, `/status` and `/plan status` are for everyone. All other commands: people with `write` permission; the settings of this repository may ask for more. Bots never.',
        ],
        [stableCode('help')],
      ),
  ])

/** All commands, and who may use them in this repository. */
export const renderHelp = (settings: Settings): string =>
  fitted(LIMITS.comment - 500, [
    () => help(settings, 20_000),
    // Too many people for a comment: their number is enough.
    () => help(settings, 0),
  ])

const help = (settings: Settings, room: number): string[] =>
  sections(commandTable(), whoMay(settings, room), rules(settings), [stableCode('help')])

const commandTable = (): string[] =>
  sections(
    [
      'A command is the first line of a new comment, on the issue or on a pull request of the run. Words come after ` -- ` or on the lines below.',
    ],
    table(
      ['Type', 'What it does'],
      Object.values(COMMANDS).map(({ usage, help: does }) => [code(usage), does]),
    ),
  )

function whoMay({ approvers: { permission, users, second_person }, merge }: Settings, room: number): string[] {
  const approving = [
    ...(users.length === 0 ? [] : [`only ${people(users, room)}`]),
    ...(second_person ? ['not those who asked for the plan or for its last version'] : []),
  ]
  return [
    '**Who may**',
    '',
    '- `/help`, `/status` and `/plan status`: everyone.',
    `- All other commands: people with ${code(permission)} permission or more. Bots never. What an App writes in a person's name approves nothing.`,
    ...(approving.length === 0
      ? []
      : [
          `- \`/approve\`, \`/reject\`, \`/plan off\`, \`/budget\`, \`/skip\` of a gate or of a task that is not approved, \`/resume\` on a base that has moved, and a \`/plan\` with a more open mode or more money than the settings allow: the same people, but ${approving.join(', and ')}.`,
        ]),
    merge === 'review'
      ? '- A verified task lands when one of these types `/approve` on its pull request.'
      : '- A verified task lands by itself; the final pull request is merged by a person.',
  ]
}

const people = (users: readonly string[], room: number): string =>
  firstOf(users.map(inline), room, (left) => `${count(left, 'person', 'people')} named in the settings`).join(', ')

/** The defaults of a run: mode, money and models. `/plan` can override some. */
function rules(settings: Settings): string[] {
  const { mode, explore_model, plan_model, worker_model, budget, worker, review } = settings
  const tiers = [...new Set([worker_model.cheap, worker_model.default, worker_model.strong])]
  const model = (name: string) => code(bounded(name, 100))
  return [
    '**Defaults of a run**',
    '',
    `- Mode ${code(mode)}: ${MODE_MEANINGS[mode]}. \`/plan --mode\` sets another one for a run.`,
    `- Money: ${usd(budget.usd)} a run and ${usd(budget.task_usd)} an attempt at a task. \`/plan --budget\` and \`/budget\` set another limit for a run.`,
    `- Models: ${model(explore_model)} explores, ${model(plan_model)} plans, ${
      worker.command.length > 0
        ? `the program ${model(worker.command[0] ?? '')} works`
        : `${commaList(tiers.map(model))} ${tiers.length === 1 ? 'works' : 'work'}, as the plan gives each task its tier`
    }${review === 'off' ? '' : `; ${model(reviewModelOf(settings))} reviews ${review === 'all' ? 'the results of agents' : 'risky results of agents'} before they land`}.`,
  ]
}
