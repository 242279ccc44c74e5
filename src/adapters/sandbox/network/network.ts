import type { RefusedHost } from '../../../core/allowed-host.ts'
import bridge from './bridge.cjs?raw'
import { type NetworkAccess, openProxy } from './proxy.ts'

/** Inside the sandbox, where nothing else is. */
const PLACE = '/run/tributary'

/** The way out of a sandbox for one command: arguments of bubblewrap, and the words in front of the command's. */
export interface WayOut {
  mounts: readonly string[]
  bridge: readonly string[]
  refused(): RefusedHost[]
  close(): Promise<void>
}

export const NO_WAY_OUT: WayOut = { mounts: [], bridge: [], refused: () => [], close: async () => {} }

/** Without allowed hosts there is none, and nothing is started. */
export async function openWayOut(access: NetworkAccess): Promise<WayOut> {
  if (access.allow.length === 0) return NO_WAY_OUT
  const proxy = await openProxy(access)
  const [node, socket] = [`${PLACE}/node`, `${PLACE}/proxy`]
  return {
    // The job's own program, since a repository may have none.
    mounts: ['--ro-bind', process.execPath, node, '--ro-bind', proxy.socket, socket],
    bridge: [node, '-e', bridge, '--', socket],
    refused: proxy.refused,
    close: proxy.close,
  }
}
