import { COMMANDS, type CommandName } from '../core/command.ts'
import type { Settings } from '../core/settings.ts'
import { code } from './code.ts'
import { inline } from './escape.ts'
import { firstOf, fitted, LIMITS } from './fit.ts'
import { sections, table } from './table.ts'
import { count } from './words.ts'

/** What has no meaning before a model writes plans; they are answered, with a refusal. */
const LATER: readonly CommandName[] = ['plan-off', 'revise', 'answer', 'steer', 'budget']

const isNow = (name: string): boolean => !LATER.some((later) => later === name)

/** Every command, and who may use them here. */
export const renderHelp = (settings: Settings): string =>
  fitted(LIMITS.comment - 500, [
    () => help(settings, 20_000),
    // A table of people that no thread can hold: how many there are is enough.
    () => help(settings, 0),
  ])

const help = (settings: Settings, room: number): string[] =>
  sections(
    ['`help`: A command is the first line of a new comment, on the issue or on a pull request of the run.'],
    table(
      ['Type', 'What it does'],
      Object.entries(COMMANDS)
        .filter(([name]) => isNow(name))
        .map(([, { usage, help: does }]) => [code(usage), does]),
    ),
    [
      `Not yet: ${LATER.map((name) => code(`/${name.replace('-', ' ')}`)).join(', ')}, and the options of \`/plan\`. They come with plans that a model writes.`,
    ],
    whoMay(settings, room),
  )

function whoMay({ approvers: { permission, users, second_person }, merge }: Settings, room: number): string[] {
  const approving = [
    ...(users.length === 0 ? [] : [`only ${people(users, room)}`]),
    ...(second_person ? ['not the one who asked for the plan'] : []),
  ]
  return [
    '**Who may**',
    '',
    '- `/help` and `/status`: everybody.',
    `- All other commands: people with ${code(permission)} permission or more. Bots never.`,
    ...(approving.length === 0 ? [] : [`- \`/approve\` and \`/reject\`: of these, ${approving.join(', and ')}.`]),
    merge === 'review'
      ? '- A verified task lands when one of these types `/approve` on its pull request.'
      : '- A verified task lands by itself; the final pull request is merged by a person.',
  ]
}

const people = (users: readonly string[], room: number): string =>
  firstOf(users.map(inline), room, (left) => `${count(left, 'person', 'people')} named in the settings`).join(', ')
