import { constants } from 'node:os'
import { killDescendants } from '../../hub/runner/process/descendants.ts'
import { createDisplay, type Display, wrapped } from '../display.ts'
import { Mistake, readArguments, type Subcommand, type Terminal } from '../subcommand.ts'
import { DemoFailure } from './failure.ts'
import { type DemoFolder, openPlace, removePlace } from './folder.ts'
import { show, type Wishes } from './run-demo.ts'

const options = {
  agents: { type: 'boolean' },
  live: { type: 'boolean' },
  keep: { type: 'boolean' },
  folder: { type: 'string' },
} as const

export const demo: Subcommand = {
  name: 'demo',
  summary: 'shows a whole run on this machine, without GitHub',
  help: [
    'tributary demo [--agents | --live] [--keep] [--folder DIR]',
    '',
    'Starts a hub on a small repository and plays an issue through it: plan, approval,',
    'work, merge. It ends by itself, also if nothing moves any more, and leaves nothing.',
    '  --agents       the plan is made and the work is done by agents, with a scripted',
    '                 model',
    '  --live         the same with the real model and your ANTHROPIC_API_KEY, which',
    '                 costs money; only with a sandbox',
    '  --keep         at the end leave the hub running, with its addresses and tokens,',
    '                 until Ctrl-C; its folder stays',
    '  --folder DIR   put everything there, and leave it there',
  ],
  run: async (words, terminal) => {
    const { keep = false, agents = false, live = false, folder } = readArguments(words, options, 0).values
    if (agents && live) throw new Mistake('--agents has a scripted model, --live the real one: give one of them')
    const thinker = live ? 'live' : agents ? 'script' : 'none'
    const signal = terminal.interruption()
    return withPlace(await openPlace(folder, keep, terminal), { keep, thinker }, terminal, signal)
  },
}

/** Whatever comes of it, no process is left; and no folder, unless somebody wants it or has to look into it. */
async function withPlace(place: DemoFolder, wishes: Wishes, terminal: Terminal, signal: AbortSignal): Promise<number> {
  const began = Date.now()
  const display = createDisplay(terminal, () => (Date.now() - began) / 1000)
  const ticks = setInterval(() => display.tick(), TICK_MS)
  try {
    await untilStopped(show(place, wishes, terminal, display, signal), signal)
    display.clear()
    if (place.isPassing) await removePlace(place)
    return 0
  } catch (error) {
    display.clear()
    if (signal.aborted) return await leave(place, terminal, signal)
    if (!(error instanceof DemoFailure)) {
      if (error instanceof Mistake && place.isPassing) await removePlace(place)
      else terminal.error(leftIn(place))
      throw error
    }
    for (const line of failureLines(error, place, display)) terminal.error(line)
    return 1
  } finally {
    clearInterval(ticks)
  }
}

const TICK_MS = 200

const failureLines = (error: DemoFailure, { folder }: DemoFolder, { columns }: Display): string[] => [
  ...wrapped(`The demo failed: ${error.message}`, columns),
  `Everything is in ${folder}`,
]

/** What it has started is ended as often as it takes until the work has given up too. */
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

async function leave(place: DemoFolder, { error }: Terminal, { reason }: AbortSignal): Promise<number> {
  if (place.isPassing) await removePlace(place)
  const left = place.isPassing ? 'Nothing of it is left.' : leftIn(place)
  error(`${reason === 'SIGINT' ? 'Stopped' : `Stopped by ${reason}`}. ${left}`)
  return 128 + (isSignal(reason) ? constants.signals[reason] : constants.signals.SIGINT)
}

const leftIn = ({ folder }: DemoFolder): string => `What there is of it is in ${folder}`

const isSignal = (name: unknown): name is NodeJS.Signals =>
  typeof name === 'string' && Object.hasOwn(constants.signals, name)
