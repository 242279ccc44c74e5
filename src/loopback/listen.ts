import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Listens on the wanted port; else on the last one, so that a restarted hub keeps its addresses; else on any. */
export async function listen(server: Server, wanted: number | undefined, last: number | null): Promise<number> {
  if (wanted !== undefined && wanted !== 0) return listenOn(server, wanted)
  if (last === null) return listenOn(server, 0)
  return listenOn(server, last).catch(() => listenOn(server, 0))
}

function listenOn(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

export function stop(server: Server): Promise<void> {
  return new Promise((done) => {
    server.close(() => done())
    server.closeAllConnections()
  })
}
