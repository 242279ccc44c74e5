#!/usr/bin/env node
import { constants } from 'node:os'
import { createInterface } from 'node:readline/promises'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { explainError } from './cli/explain-error.ts'
import { isDebugged, runCli } from './cli/run-cli.ts'
import { startedAs } from './cli/started-as.ts'

const OLDEST_NODE = 20

/** Without this, Node would print the line of the bundle that threw: thousands of characters. */
process.on('uncaughtException', (error) => {
  const { lines, code } = explainError(error, 'tributary', isDebugged(process.env))
  for (const line of lines) console.error(line)
  process.exit(code)
})

/** A reader that has enough, such as `head`, closes the pipe. */
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit()
  })

if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) {
  console.error(`tributary needs Node ${OLDEST_NODE} or later; this is Node ${process.versions.node}.`)
  process.exit(1)
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** How long it may take to leave after a signal. More signals do not hurry it: half of a clean-up leaves processes behind. */
const LEAVING_MS = 15_000

/** The terminal keeps its own mode, in which Ctrl-C is a signal. */
async function ask(question: string, signal: AbortSignal): Promise<string | null> {
  const lines = createInterface({ input: process.stdin, output: process.stdout, terminal: false })
  const ended = new Promise<null>((resolve) => lines.once('close', () => resolve(null)))
  try {
    // What was typed before the question is no answer to it, so it is read and dropped.
    for (let turn = 0; turn < 3; turn += 1) await setImmediate()
    return await Promise.race([lines.question(question, { signal }), ended])
  } finally {
    lines.close()
  }
}

process.exitCode = await runCli(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  home: fileURLToPath(new URL('..', import.meta.url)),
  command: startedAs(process.argv[1] ?? 'tributary', process.cwd()),
  out: (line) => console.log(line),
  error: (line) => console.error(line),
  ...(process.stdout.isTTY
    ? { screen: { columns: () => process.stdout.columns, write: (text: string) => void process.stdout.write(text) } }
    : {}),
  ...(process.stdin.isTTY && process.stdout.isTTY ? { ask } : {}),
  interruption: () => {
    const controller = new AbortController()
    const stop = (signal: (typeof SIGNALS)[number]) => {
      if (controller.signal.aborted) return
      controller.abort(signal)
      setTimeout(() => process.exit(128 + constants.signals[signal]), LEAVING_MS).unref()
    }
    for (const signal of SIGNALS) process.on(signal, () => stop(signal))
    return controller.signal
  },
})
