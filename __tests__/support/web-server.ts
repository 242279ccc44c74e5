import { createServer, type Server as WebServer } from 'node:http'
import { createServer as createTcpServer, type Server as TcpServer } from 'node:net'

/** Starts a server on a free port of loopback. */
export async function portOf(server: WebServer | TcpServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return address.port
}

export interface Web {
  port: number
  /** Every request that arrived: `POST /a hello`. */
  requests: string[]
  /** The header names of the newest request. */
  headers: string[]
  close(): void
}

/** Answers with what it was asked, and with a redirect to another host at `/away`. */
export async function openWeb(): Promise<Web> {
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    web.requests.push(`${request.method} ${request.headers.host}${request.url} ${body}`.trimEnd())
    web.headers = Object.keys(request.headers)
    if (request.url === '/away') response.writeHead(302, { location: 'http://evil.example/stolen' }).end()
    else response.writeHead(200, { 'x-from': 'web', 'keep-alive': 'timeout=9' }).end(`got ${request.url}\n`)
  })
  const web: Web = {
    port: await portOf(server),
    requests: [],
    headers: [],
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
  return web
}

/** Says which bytes it got, in capital letters. */
export async function openEcho(): Promise<{ port: number; close(): void }> {
  const server = createTcpServer((socket) => {
    socket.on('data', (chunk) => socket.write(String(chunk).toUpperCase()))
    socket.on('error', () => socket.destroy())
  })
  return { port: await portOf(server), close: () => server.close() }
}
