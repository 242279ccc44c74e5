import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Hub, startHub } from '../../hub/hub.ts'
import { readArguments, type Subcommand } from '../subcommand.ts'
import { Mistake, type Terminal } from '../terminal.ts'
import { DemoFailure } from './failure.ts'
import { openDemoModel, type Thinker } from './model.ts'
import { personAt } from './person.ts'
import { type Ending, mustGoOn, play } from './play.ts'
import { tellEnd } from './report.ts'
import { createLook } from './seen.ts'
import { clone, runTests, setStage } from './stage.ts'
import { troubleOf } from './trouble.ts'
import { createWatch, type Watch } from './watch.ts'

const options = {
  agents: { type: 'boolean' },
  live: { type: 'boolean' },
  keep: { type: 'boolean' },
  folder: { type: 'string' },
  seconds: { type: 'string' },
} as const

/** The whole of it has to fit into two minutes on a machine that has nothing else to do. */
const LIMIT = '110'
/** A real model takes its time. */
const LIVE_LIMIT = '3600'

export const demo: Subcommand = {
  name: 'demo',
  summary: 'shows a whole run on this machine, without GitHub',
  help: [
    'tributary demo [--agents | --live] [--keep] [--folder DIR] [--seconds N]',
    '',
    'Starts a hub on a small repository and plays an issue through it: plan, approval, work, merge. Ends by itself.',
    '  --agents       the plan is made and the work is done by agents, with a scripted model',
    '  --live         the same with the real model and your ANTHROPIC_API_KEY; this costs money',
    '  --keep         leave the hub running at the end, with its addresses and tokens',
    '  --folder DIR   where everything goes; a new folder for temporary files otherwise',
    `  --seconds N    give up after so many; ${LIMIT} otherwise`,
  ],
  run: async (words, terminal) => {
    const given = readArguments(words, options, 0).values
    const { keep = false, agents = false, live = false, folder } = given
    const { seconds = live ? LIVE_LIMIT : LIMIT } = given
    if (!/^[1-9][0-9]*$/.test(seconds)) throw new Mistake(`'${seconds}' is no number of seconds`)
    const place =
      folder === undefined ? await mkdtemp(join(tmpdir(), 'tributary-demo-')) : resolve(terminal.cwd, folder)
    await mkdir(place, { recursive: true })
    return show(
      place,
      { keep, seconds: Number(seconds), thinker: live ? 'live' : agents ? 'script' : 'none' },
      terminal,
    )
  },
}

interface Wishes {
  keep: boolean
  seconds: number
  thinker: Thinker
}

async function show(folder: string, { keep, seconds, thinker }: Wishes, terminal: Terminal): Promise<number> {
  const signal = terminal.interruption()
  const shop = join(folder, 'shop')
  const model = await openDemoModel(thinker, await setStage(terminal.home, shop), terminal)
  terminal.out(`A small shop in ${shop}: ${await runTests(shop)} before.`)
  if (model.notice !== null) terminal.out(model.notice)
  const lines: string[] = []
  const log = (line: string) => lines.push(line)
  const hub = await startHub({
    repo: shop,
    dataDir: join(folder, 'hub'),
    name: 'corner/shop',
    tributaryAction: terminal.home,
    secrets: model.secrets,
    variables: model.variables,
    log,
  })
  terminal.out(`A hub on ${hub.url} serves it as ${hub.owner}/${hub.repo}.`)
  try {
    const cast = castOf(hub)
    const watch = createWatch(createLook(cast.admin), terminal.out, { seconds, signal, mustGoOn })
    const ending = await play(cast, model.issue, watch)
    await end(hub, folder, ending, watch, terminal)
    if (keep) await stay(hub, terminal, signal)
    return 0
  } catch (error) {
    if (!(error instanceof DemoFailure)) throw error
    terminal.error(`The demo failed: ${error.message}`)
    for (const line of await troubleOf(hub)) terminal.error(line)
    terminal.error(`Everything is in ${folder}.`)
    return 1
  } finally {
    await writeFile(join(folder, 'hub.log'), lines.map((line) => `${line}\n`).join(''))
    await hub.close()
    await model.close()
  }
}

function castOf(hub: Hub) {
  const person = (login: 'admin' | 'writer' | 'outsider') => personAt(hub, login, hub.tokens[login])
  return { admin: person('admin'), writer: person('writer'), outsider: person('outsider') }
}

async function end(hub: Hub, folder: string, ending: Ending, watch: Watch, terminal: Terminal): Promise<void> {
  await hub.runner.idle()
  const after = join(folder, 'after')
  await clone(hub.git, after)
  terminal.out(`\nThe merged branch in ${after}: ${await runTests(after)} after.`)
  for (const line of await tellEnd(hub, folder, ending, watch.seconds())) terminal.out(line)
}

async function stay(hub: Hub, terminal: Terminal, signal: AbortSignal): Promise<void> {
  terminal.out(`\nThe hub stays until Ctrl-C: ${hub.url}, REST ${hub.api}, git ${hub.git}`)
  for (const [login, token] of Object.entries(hub.tokens)) terminal.out(`  ${login.padEnd(9)} ${token}`)
  if (!signal.aborted) await new Promise((done) => signal.addEventListener('abort', done, { once: true }))
}
