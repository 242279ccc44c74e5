import { checked } from './checked.ts'
import { validGlob } from './core/glob.ts'
import { quoted } from './core/quoted.ts'
import { err, ok, type Result } from './core/result.ts'
import { defaultSettings, READ_BY_AGENTS, type Settings, settingsSchema } from './core/settings.ts'
import { readYaml, type YamlText } from './yaml.ts'

/** What `.github/tributary.yml` says, or every sentence about what is wrong with it. No file: the defaults. */
export function readSettings(text: string | null): Result<Settings, string[]> {
  const yaml = readYaml(text ?? '')
  if (!yaml.ok) return err(yaml.error.map(({ line, message }) => `Line ${line}: ${message}.`))
  if (yaml.value.value === null) return ok(defaultSettings)
  const settings = checked(settingsSchema, yaml.value)
  if (!settings.ok) return err(settings.error.map(({ line, message }) => `Line ${line}: ${message}`))
  const problems = meaningless(settings.value, yaml.value)
  return problems.length === 0 ? ok(withAgentsGuarded(settings.value)) : err(problems)
}

/** Where another agent works, no task may write what that agent obeys: it would carry one task's words into the next. */
const withAgentsGuarded = (settings: Settings): Settings =>
  settings.worker.command.length === 0
    ? settings
    : { ...settings, protected_paths: [...settings.protected_paths, ...READ_BY_AGENTS] }

/** What would be taken without a word and then never match anything. */
function meaningless(settings: Settings, { lineOf }: YamlText): string[] {
  const each = (
    key: 'protected_paths' | 'commands',
    items: readonly string[],
    wrong: (item: string) => string | null,
  ) =>
    items.flatMap((item, index) => {
      const problem = wrong(item)
      return problem === null ? [] : [`Line ${lineOf([key, index])}: \`${key}\` ${quoted(item)}: ${problem}.`]
    })
  const users = settings.approvers.users.flatMap((user, index) =>
    /^[\w-]+$/.test(user)
      ? []
      : [
          `Line ${lineOf(['approvers', 'users', index])}: \`approvers.users\` ${quoted(user)}: write the login alone, without \`@\`.`,
        ],
  )
  return [
    ...each('protected_paths', settings.protected_paths, wrongGlob),
    ...users,
    ...each('commands', settings.commands, wrongProgram),
  ]
}

/** Elsewhere brackets stand for themselves; here somebody may mean a set, and would protect nothing. */
const wrongGlob = (glob: string): string | null =>
  validGlob(glob) ??
  (/[[\]()]/.test(glob) ? 'sets and groups are not understood; write `?` or `*` in their place' : null)

const wrongProgram = (program: string): string | null =>
  program === '' || /\s/.test(program) ? 'name the program alone, without its arguments' : null
