import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The command files through which a step sends values to its runner (GITHUB_OUTPUT and the like). */
export interface StepFiles {
  readonly env: string
  readonly path: string
  readonly output: string
  readonly state: string
  readonly summary: string
}

export function createStepFiles(temp: string): StepFiles {
  const folder = join(temp, '_runner_file_commands')
  mkdirSync(folder, { recursive: true })
  const id = randomUUID()
  const create = (name: string): string => {
    const path = join(folder, `${name}_${id}`)
    writeFileSync(path, '')
    return path
  }
  return {
    env: create('set_env'),
    path: create('add_path'),
    output: create('set_output'),
    state: create('save_state'),
    summary: create('step_summary'),
  }
}

export const stepFileVariables = (files: StepFiles): Record<string, string> => ({
  GITHUB_ENV: files.env,
  GITHUB_PATH: files.path,
  GITHUB_OUTPUT: files.output,
  GITHUB_STATE: files.state,
  GITHUB_STEP_SUMMARY: files.summary,
})

/** A step may have deleted its file; GitHub treats that as empty. */
export function readStepFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
  } catch {
    return ''
  }
}

/** `name=value` lines and `name<<DELIMITER` blocks. */
export function parsePairs(content: string): Record<string, string> {
  const lines = content.split(/\r?\n/)
  const pairs: Record<string, string> = {}
  for (let n = 0; n < lines.length; n++) {
    const line = lines[n] ?? ''
    if (line === '') continue
    const equals = line.indexOf('=')
    const heredoc = line.indexOf('<<')
    if (heredoc > 0 && (equals < 0 || heredoc < equals)) {
      const end = endOf(lines, n, line.slice(heredoc + 2))
      pairs[line.slice(0, heredoc)] = lines.slice(n + 1, end).join('\n')
      n = end
    } else if (equals > 0) {
      pairs[line.slice(0, equals)] = line.slice(equals + 1)
    } else {
      throw new Error(`Invalid format '${line}'`)
    }
  }
  return pairs
}

function endOf(lines: readonly string[], start: number, delimiter: string): number {
  if (delimiter === '') throw new Error(`Invalid format '${lines[start] ?? ''}'. Delimiter must not be empty`)
  const end = lines.indexOf(delimiter, start + 1)
  if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${delimiter}'`)
  return end
}

export const parseLines = (content: string): string[] => content.split(/\r?\n/).filter((line) => line !== '')
