import type { JobLog } from './job-log.ts'

interface Command {
  readonly name: string
  readonly message: string
}

const decoded = (text: string): string => text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%')

function commandIn(line: string): Command | undefined {
  const found = /^\s*::([A-Za-z-]+)(?: .*?)?::(.*)$/s.exec(line)
  if (found === null) return undefined
  return { name: (found[1] ?? '').toLowerCase(), message: decoded(found[2] ?? '') }
}

const shown = new Set(['error', 'warning', 'notice', 'group', 'endgroup'])
const silent = new Set([
  'set-output',
  'save-state',
  'set-env',
  'add-path',
  'debug',
  'add-matcher',
  'remove-matcher',
  'echo',
])

/** Reads a step's output line by line: executes workflow commands and logs everything else. */
export function readsOutput(log: JobLog): (line: string) => void {
  let resumeToken: string | undefined
  return (line) => {
    const command = commandIn(line)
    if (resumeToken !== undefined) {
      if (line.trim() === `::${resumeToken}::`) resumeToken = undefined
      else log.write(line)
      return
    }
    if (command?.name === 'stop-commands') resumeToken = command.message
    else if (command === undefined || !obey(command, log)) log.write(line)
  }
}

function obey({ name, message }: Command, log: JobLog): boolean {
  if (name === 'add-mask') {
    if (message.trim() !== '') log.masks.add(message)
    return true
  }
  if (shown.has(name)) log.write(`##[${name}]${message}`)
  return shown.has(name) || silent.has(name)
}
