import { killDescendants } from '../../hub/runner/process/descendants.ts'
import { createDisplay, type Display, wrapped } from '../display.ts'
import { exitCodeOf } from '../serving.ts'
import { EnvironmentError, Mistake, readArguments, type Subcommand, type Terminal } from '../subcommand.ts'
import { type DemoFolder, openDemoFolder, removeDemoFolder } from './folder.ts'
import { type DemoOptions, runDemo } from './run-demo.ts'

const options = {
  agents: { type: 'boolean' },
  live: { type: 'boolean' },
  keep: { type: 'boolean' },
  open: { type: 'boolean' },
  folder: { type: 'string' },
} as const

export const demo: Subcommand = {
  name: 'demo',
  summary: 'shows a whole run on this machine, without GitHub',
  help: [
    'tributary demo [--agents | --live] [--open] [--keep] [--folder DIR]',
    '',
    'Starts a hub on a small repository and takes an issue through it: plan, approval,',
    'work, merge. It ends by itself, and deletes what it made.',
    '  --agents       agents make the plan and do the work, with a scripted',
    '                 model',
    '  --live         the same with the real model and your ANTHROPIC_API_KEY.',
    '                 It costs money and needs a sandbox',
    '  --open         open the page of the run in a browser; implies --keep',
    '  --keep         keep the hub running at the end, until Ctrl-C, and',
    '                 keep its folder',
    '  --folder DIR   put everything there, and keep it',
  ],
  run: async (words, terminal) => {
    const { open = false, agents = false, live = false, folder, ...asked } = readArguments(words, options, 0).values
    const keep = open || asked.keep === true
    if (agents && live) throw new Mistake('use --agents (a scripted model) or --live (the real one), not both')
    const modelKind = live ? 'live' : agents ? 'script' : 'none'
    const signal = terminal.interruption()
    return withFolder(await openDemoFolder(folder, keep, terminal), { keep, open, modelKind }, terminal, signal)
  },
}

/** Leaves no process behind, and no folder unless it was asked for or is needed to find a failure. */
async function withFolder(
  demoFolder: DemoFolder,
  demoOptions: DemoOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const began = Date.now()
  const display = createDisplay(terminal, () => (Date.now() - began) / 1000)
  const ticks = setInterval(() => display.tick(), TICK_MS)
  try {
    await untilStopped(runDemo(demoFolder, demoOptions, terminal, display, signal), signal)
    display.clear()
    if (demoFolder.isTemporary) await removeDemoFolder(demoFolder)
    return 0
  } catch (error) {
    display.clear()
    if (signal.aborted) return await reportInterruption(demoFolder, terminal, signal)
    if (!(error instanceof EnvironmentError)) {
      if (error instanceof Mistake && demoFolder.isTemporary) await removeDemoFolder(demoFolder)
      else terminal.error(leftIn(demoFolder))
      throw error
    }
    for (const line of failureLines(error, demoFolder, display)) terminal.error(line)
    return 1
  } finally {
    clearInterval(ticks)
  }
}

const TICK_MS = 200

const failureLines = (error: EnvironmentError, { folder }: DemoFolder, { columns }: Display): string[] => [
  ...wrapped(`The demo failed: ${error.message}`, columns),
  `Everything is in ${folder}`,
]

/** Kills started processes again and again until the work has ended too. */
async function untilStopped(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const ended = work.finally(() => clearInterval(kills))
  const kill = () => killDescendants(process.pid)
  let kills: NodeJS.Timeout | undefined
  const stop = () => {
    kill()
    kills = setInterval(kill, KILL_MS)
  }
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    await ended
  } finally {
    signal.removeEventListener('abort', stop)
    killDescendants(process.pid)
  }
}

const KILL_MS = 100

async function reportInterruption(demoFolder: DemoFolder, { error }: Terminal, signal: AbortSignal): Promise<number> {
  const { reason } = signal
  if (demoFolder.isTemporary) await removeDemoFolder(demoFolder)
  const left = demoFolder.isTemporary ? 'Everything is deleted.' : leftIn(demoFolder)
  error(`${reason === 'SIGINT' ? 'Stopped' : `Stopped by ${reason}`}. ${left}`)
  return exitCodeOf(signal)
}

const leftIn = ({ folder }: DemoFolder): string => `What it made is in ${folder}`
