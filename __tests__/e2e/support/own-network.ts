import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type StartProcess, startProcess } from '../../../src/hub/runner/process/process.ts'
import { ROOT } from './repository.ts'

/** One that our own rule takes for public. Nothing leaves for it: it is an address of the namespace's loopback. */
export const ADDRESS = '93.184.215.14'

const RELAY = join(import.meta.dirname, 'own-network.mjs')
const MAIN = join(ROOT, 'dist', 'index.js')
const NAMESPACES = ['--user', '--net', '--mount']

/** The words of a shell that makes the network and then becomes another program. */
const made = (hosts: string, ...argv: string[]): string[] => [
  ...[...NAMESPACES, '--map-root-user', '--', 'sh', '-c'],
  `ip link set lo up && ip address add ${ADDRESS}/32 dev lo && mount --bind "$1" /etc/hosts && shift && exec "$@"`,
  ...['sh', hosts, ...argv],
]

/** In it, what a server there needs for its certificate. */
const tried = spawnSync('unshare', made('/etc/hosts', 'openssl', 'version'), { encoding: 'utf8' })
const required = process.env.CI === 'true' || process.env.TRIBUTARY_SANDBOX === 'required'
const missing = `no network of its own can be made here: ${tried.error?.message ?? tried.stderr.trim()} (sudo apt-get install iproute2 openssl)`

/** For tests in a network of their own. If none can be made they are skipped, and counted with the reason. */
export const needsOwnNetwork = tried.status === 0 || required ? {} : { skip: true, meta: { skippedFor: missing } }

export interface OwnNetwork {
  /** For a hub: runs the action in this network. */
  startProcess: StartProcess
  /** Runs a program in this network, and gives what it printed. */
  run(...argv: string[]): Promise<string>
  /** Makes a port of this machine's loopback reachable at an address in this network. */
  offer(host: string, port: number, local: number): Promise<void>
  close(): Promise<void>
}

/**
 * A network with nothing in it but what is offered, in which all the names mean the one address. The job of a slot resolves,
 * judges and connects in it as on the internet, by the code that ships.
 */
export async function openNetwork(names: readonly string[]): Promise<OwnNetwork> {
  if (tried.status !== 0) throw new Error(missing)
  const folder = mkdtempSync(join(tmpdir(), 'tributary-network-'))
  const hosts = join(folder, 'hosts')
  writeFileSync(hosts, ['127.0.0.1 localhost', ...names.map((name) => `${ADDRESS} ${name}`), ''].join('\n'))
  const relay = spawn('unshare', made(hosts, process.execPath, RELAY), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const inside = ['--preserve-credentials', ...NAMESPACES, '--target', `${relay.pid}`]
  const servers: Server[] = []
  return {
    startProcess: (request, grace) => {
      if (request.args.at(-1) !== MAIN) return startProcess(request, grace)
      const args = [...inside, `--wd=${request.cwd}`, '--', request.command, ...request.args]
      return startProcess({ ...request, command: 'nsenter', args }, grace)
    },
    run: async (...argv) => (await promisify(execFile)('nsenter', [...inside, '--', ...argv])).stdout,
    async offer(host, port, local) {
      const socket = join(folder, `${servers.length}`)
      servers.push(await socketTo(local, socket))
      await listens(relay, { host, port, socket })
    },
    async close() {
      relay.disconnect()
      await once(relay, 'exit')
      for (const server of servers) server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function socketTo(port: number, socket: string): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const local = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
    client.pipe(local).pipe(client)
    client.on('error', () => local.destroy())
    local.on('error', () => client.destroy())
  })
  server.listen(socket)
  await once(server, 'listening')
  return server
}

async function listens(relay: ChildProcess, at: { host: string; port: number; socket: string }): Promise<void> {
  const ended = new AbortController()
  relay.once('exit', () => ended.abort(new Error('the network has ended')))
  const said = once(relay, 'message', { signal: ended.signal })
  relay.send(at)
  await said
}
