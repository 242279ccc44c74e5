import type { Socket } from 'node:net'

/** The open sockets of a proxy, of both sides. */
export interface Connections {
  /** From now on it counts, ends when nothing flows for long, and no error of it reaches anyone. */
  keep(socket: Socket): void
  end(): void
}

export interface ConnectionLimits {
  idleMs: number
  /** Of all sockets together, in both directions. */
  bytes: number
  lookMs: number
}

/** Calls `exceeded` once when all sockets together have carried too much: a command must not fill the machine from outside. */
export function connections(limits: ConnectionLimits, exceeded: () => void): Connections {
  const open = new Set<Socket>()
  let ended = 0
  const end = () => {
    clearInterval(timer)
    for (const socket of open) socket.destroy()
  }
  const timer = setInterval(() => {
    const carried = [...open].reduce((sum, socket) => sum + bytesOf(socket), ended)
    if (carried <= limits.bytes) return
    end()
    exceeded()
  }, limits.lookMs).unref()
  return {
    end,
    keep(socket) {
      open.add(socket)
      socket.setTimeout(limits.idleMs, () => socket.destroy())
      socket.on('error', () => socket.destroy())
      socket.once('close', () => {
        open.delete(socket)
        ended += bytesOf(socket)
      })
    },
  }
}

const bytesOf = ({ bytesRead, bytesWritten }: Socket): number => bytesRead + bytesWritten
