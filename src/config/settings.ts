import { isRecord } from '../core/is-record.ts'
import { validGlob } from '../core/plan/glob.ts'
import { err, ok, type Result } from '../core/result.ts'
import { defaultSettings, READ_BY_AGENTS, type Settings, settingsSchema, withAgentCommands } from '../core/settings.ts'
import { quoted } from '../core/text/quoted.ts'
import { checked } from './check.ts'
import { contradictions, type SettingRemark, settingsWarnings } from './settings-conflicts.ts'
import { wordsOfLine } from './shell-words.ts'
import { flowList, type Path, readYaml, type YamlError, type YamlText } from './yaml.ts'

/** A problem or warning about a settings file. */
interface Remark {
  line: number
  /** `slots.start`; null if it is about no setting. */
  field: string | null
  /** A whole sentence, without the line. */
  message: string
}

interface JudgedSettings {
  settings: Settings
  /** What is allowed, but rarely intended. */
  warnings: Remark[]
}

/**
 * The settings of `.github/tributary.yml`, or a sentence for each problem. Without a file, the defaults. `over`: the action's
 * input `settings`, whose keys replace those of the file.
 */
export function readSettings(text: string | null, over = ''): Result<Settings, string[]> {
  const judged = judgeSettings(text)
  if (!judged.ok) return err(judged.error.map(inLine))
  if (over.trim() === '') return ok(judged.value.settings)
  const merged = judgeMerged(text, over)
  return merged.ok ? ok(merged.value.settings) : err(merged.error.map(ofInput))
}

const ofInput = ({ message }: Remark): string => `The input \`settings\` of the action: ${message}`

/** The file is right by itself, so what is wrong now comes from the input. */
function judgeMerged(text: string | null, over: string): Result<JudgedSettings, Remark[]> {
  const [file, input] = [readYaml(text ?? ''), readYaml(over)]
  if (!file.ok || !input.ok) return err((input.ok ? [] : input.error).map(ofYaml))
  return judgeYaml({ value: mergedOver(file.value.value ?? {}, input.value.value), lineOf: () => 1 })
}

/** Keys within keys are merged; a list is replaced as a whole. */
const mergedOver = (file: unknown, input: unknown): unknown =>
  isRecord(file) && isRecord(input)
    ? {
        ...file,
        ...Object.fromEntries(
          Object.entries(input).map(([key, value]) => [
            key,
            Object.hasOwn(file, key) ? mergedOver(file[key], value) : value,
          ]),
        ),
      }
    : input

/** A remark with its line, as one sentence. */
export const inLine = ({ line, message }: Remark): string => `Line ${line}: ${message}`

/** As `readSettings`, with the position of each problem, and with warnings. */
export function judgeSettings(text: string | null): Result<JudgedSettings, Remark[]> {
  const yaml = readYaml(text ?? '')
  if (!yaml.ok) return err(yaml.error.map(ofYaml))
  return yaml.value.value === null ? ok({ settings: defaultSettings, warnings: [] }) : judgeYaml(yaml.value)
}

const ofYaml = ({ line, message }: YamlError): Remark => ({ line, field: null, message: `${message}.` })

function judgeYaml(yaml: YamlText): Result<JudgedSettings, Remark[]> {
  const read = checked(settingsSchema, yaml)
  if (!read.ok) return err(read.error.map(({ line, path, message }) => ({ line, field: nameOf(path), message })))
  const settings = withinLimits(read.value, yaml)
  const remarkOn = ({ path, message }: SettingRemark): Remark => ({
    line: yaml.lineOf(path),
    field: nameOf(path),
    message: `${message}.`,
  })
  const problems = [...ineffective(settings), ...contradictions(settings)].map(remarkOn)
  if (problems.length > 0) return err(problems.sort((a, b) => a.line - b.line))
  return ok({
    settings: withAgentCommands(withAgentsGuarded(settings)),
    warnings: settingsWarnings(settings).map(remarkOn),
  })
}

const nameOf = (path: Path): string | null => path.filter((part) => typeof part === 'string').join('.') || null

/** Lowers a default to an explicit limit: `cap: 2` alone does not contradict the default of four slots. */
function withinLimits(settings: Settings, { value }: YamlText): Settings {
  const { slots, budget } = settings
  const isWritten = (...path: string[]) => (valueAt(value, path) ?? null) !== null
  const start = isWritten('slots', 'start') ? slots.start : Math.min(slots.start, slots.cap)
  const task_usd = isWritten('budget', 'task_usd') ? budget.task_usd : Math.min(budget.task_usd, budget.usd)
  return { ...settings, slots: { ...slots, start }, budget: { ...budget, task_usd } }
}

/** With another agent, no task may write that agent's instruction files: they would pass text to later tasks. */
const withAgentsGuarded = (settings: Settings): Settings =>
  settings.worker.command.length === 0
    ? settings
    : { ...settings, protected_paths: [...settings.protected_paths, ...READ_BY_AGENTS] }

/** Values that are valid, but never match anything, or never start. */
const ineffective = ({ protected_paths, approvers, commands, worker, plan }: Settings): SettingRemark[] => [
  ...each(['protected_paths'], protected_paths, wrongGlob),
  ...each(['approvers', 'users'], approvers.users, wrongLogin),
  ...each(['commands'], commands, wrongProgram),
  ...each(['worker', 'command'], worker.command.slice(0, 1), wrongFirstWord),
  ...each(['plan', 'command'], plan.command.slice(0, 1), wrongFirstWord),
]

const each = (path: Path, items: readonly string[], wrong: (item: string) => string | null): SettingRemark[] =>
  items.flatMap((item, index) => {
    const problem = wrong(item)
    return problem === null
      ? []
      : [{ path: [...path, index], message: `\`${path.join('.')}\` ${quoted(item)}: ${problem}` }]
  })

const wrongLogin = (user: string): string | null =>
  /^[\w-]+$/.test(user) ? null : 'write the login alone, without `@`'

/** Elsewhere brackets are literal; here they may be meant as a set, and would protect nothing. */
const wrongGlob = (glob: string): string | null =>
  validGlob(glob) ?? (/[[\]()]/.test(glob) ? 'sets and groups are not supported; use `?` or `*` instead' : null)

const wrongProgram = (program: string): string | null =>
  program === '' || /\s/.test(program) ? 'name the program alone, without its arguments' : null

const wrongFirstWord = (word: string): string | null =>
  /\s/.test(word) ? `each word is an item of its own: write ${quoted(flowList(wordsOfLine(word)))}` : null

/** The own property at a path of an untrusted value; undefined if there is none. */
const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? Reflect.get(at, key) : undefined),
    value,
  )
