import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { onDisk } from './on-disk.ts'
import { portOf } from './web-server.ts'

/** An npm registry of one package, at whatever name it is asked by: `module.exports = 'padded'`. */
export async function openRegistry(
  name: string,
  version = '1.0.0',
): Promise<{ port: number; paths: string[]; close(): void }> {
  const tarball = packed(name, version)
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
  const paths: string[] = []
  const server = createServer((request, response) => {
    paths.push(request.url ?? '')
    const tarballUrl = `http://${request.headers.host}/${name}/-/${name}-${version}.tgz`
    const found = { name, version, dist: { tarball: tarballUrl, integrity } }
    if (request.url === `/${name}`)
      response.end(JSON.stringify({ name, 'dist-tags': { latest: version }, versions: { [version]: found } }))
    else if (request.url?.endsWith('.tgz')) response.end(tarball)
    else response.writeHead(404).end('{}')
  })
  return {
    port: await portOf(server),
    paths,
    close: () => {
      server.closeAllConnections()
      server.close()
    },
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
