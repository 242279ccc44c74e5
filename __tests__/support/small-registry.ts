import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onDisk } from './on-disk.ts'
import { portOf } from './web-server.ts'

/** An npm registry of one package, at whatever name it is asked by: `module.exports = 'padded'`. With a key, by HTTPS. */
export async function openRegistry(
  name: string,
  certified: Certified | null = null,
): Promise<{ port: number; paths: string[]; close(): void }> {
  const version = '1.0.0'
  const tarball = packed(name, version)
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
  const paths: string[] = []
  const scheme = certified === null ? 'http' : 'https'
  const answer: RequestListener = (request, response) => {
    paths.push(request.url ?? '')
    const tarballUrl = `${scheme}://${request.headers.host}/${name}/-/${name}-${version}.tgz`
    const found = { name, version, dist: { tarball: tarballUrl, integrity } }
    if (request.url === `/${name}`)
      response.end(JSON.stringify({ name, 'dist-tags': { latest: version }, versions: { [version]: found } }))
    else if (request.url?.endsWith('.tgz')) response.end(tarball)
    else response.writeHead(404).end('{}')
  }
  const server = certified === null ? createServer(answer) : createSecureServer(certified, answer)
  return {
    port: await portOf(server),
    paths,
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

function packed(name: string, version: string): Buffer {
  const folder = mkdtempSync(join(onDisk(), 'tributary-registry-'))
  try {
    mkdirSync(join(folder, 'package'))
    writeFileSync(join(folder, 'package/package.json'), JSON.stringify({ name, version, main: 'index.js' }))
    writeFileSync(join(folder, 'package/index.js'), "module.exports = 'padded'\n")
    execFileSync('tar', ['-czf', 'package.tgz', 'package'], { cwd: folder })
    return readFileSync(join(folder, 'package.tgz'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
