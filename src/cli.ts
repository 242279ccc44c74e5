#!/usr/bin/env node
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import { runCli } from './cli/run.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** How long it may take to leave after a signal. More signals do not hurry it: half of a clean-up leaves processes behind. */
const LEAVING_MS = 15_000

process.exitCode = await runCli(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  home: fileURLToPath(new URL('..', import.meta.url)),
  out: (line) => console.log(line),
  error: (line) => console.error(line),
  ...(process.stdout.isTTY
    ? { screen: { columns: () => process.stdout.columns, write: (text: string) => void process.stdout.write(text) } }
    : {}),
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
