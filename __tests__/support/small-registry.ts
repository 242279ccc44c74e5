import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onDisk } from './on-disk.ts'
import { portOf } from './web-server.ts'

const VERSION = '1.0.0'

/** What a lock file says of a package. */
interface Locked {
  version: string
  resolved: string
  integrity: string
}

export interface Registry {
  port: number
  paths: string[]
  locked(name: string, host: string): Locked
  close(): void
}

/** An npm registry of these packages, at whatever name it is asked by: `module.exports = 'padded'`. With a key, by HTTPS. */
export async function openRegistry(names: readonly string[], certified: Certified | null = null): Promise<Registry> {
  const tarballs = new Map(names.map((name) => [name, packed(name)]))
  const paths: string[] = []
  const locked = (name: string, host: string): Locked => {
    const hash = createHash('sha512').update(tarballs.get(name) ?? '')
    const resolved = `${certified === null ? 'http' : 'https'}://${host}/${name}/-/${name}-${VERSION}.tgz`
    return { version: VERSION, resolved, integrity: `sha512-${hash.digest('base64')}` }
  }
  const answer: RequestListener = ({ url = '', headers: { host = '' } }, response) => {
    paths.push(url)
    const [, name = '', file] = url.split('/')
    const tarball = tarballs.get(name)
    if (tarball === undefined) response.writeHead(404).end('{}')
    else if (file !== undefined) response.end(tarball)
    else {
      const { resolved, integrity } = locked(name, host)
      const found = { name, version: VERSION, dist: { tarball: resolved, integrity } }
      response.end(JSON.stringify({ name, 'dist-tags': { latest: VERSION }, versions: { [VERSION]: found } }))
    }
  }
  const server = certified === null ? createServer(answer) : createSecureServer(certified, answer)
  return {
    port: await portOf(server),
    paths,
    locked,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

export interface Certified {
  key: string
  cert: string
}

/** A key, and a certificate for a host that says itself that it is good, for two days. */
export function certified(host: string): Certified {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-certificate-'))
  try {
    const files = ['-keyout', 'key.pem', '-out', 'cert.pem', '-days', '2', '-nodes']
    const about = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`]
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
    execFileSync('openssl', ['req', '-x509', ...key, ...files, ...about], { cwd: folder, stdio: 'pipe' })
    const text = (name: string) => readFileSync(join(folder, name), 'utf8')
    return { key: text('key.pem'), cert: text('cert.pem') }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function packed(name: string): Buffer {
  const folder = mkdtempSync(join(onDisk(), 'tributary-registry-'))
  try {
    mkdirSync(join(folder, 'package'))
    writeFileSync(join(folder, 'package/package.json'), JSON.stringify({ name, version: VERSION, main: 'index.js' }))
    writeFileSync(join(folder, 'package/index.js'), "module.exports = 'padded'\n")
    execFileSync('tar', ['-czf', 'package.tgz', 'package'], { cwd: folder })
    return readFileSync(join(folder, 'package.tgz'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
