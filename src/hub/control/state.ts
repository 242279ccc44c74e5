import type { World } from '../world.ts'

/** Everything there is to see, without tokens and secrets. */
export async function stateOf(world: World) {
  const { tokens: _, jobTokens: __, secret: ___, port: ____, ...seen } = world.store.doc
  return {
    ...seen,
    secrets: Object.keys(world.secrets),
    refs: await world.git.refs('refs/'),
    faults: world.faults.list(),
    metrics: world.metrics.report(world.store.doc.jobs),
  }
}
