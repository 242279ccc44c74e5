#!/usr/bin/env node
import { fileURLToPath } from 'node:url'
import { runCli } from './cli/run.ts'
import { startedAs } from './cli/started-as.ts'

process.exitCode = await runCli(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  home: fileURLToPath(new URL('..', import.meta.url)),
  command: startedAs(process.argv[1] ?? 'tributary', process.cwd()),
  out: (line) => console.log(line),
  error: (line) => console.error(line),
  interruption: () => {
    const controller = new AbortController()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort(signal))
    return controller.signal
  },
})
