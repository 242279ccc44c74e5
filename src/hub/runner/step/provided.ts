const ROLES = ['command', 'orchestrate', 'work', 'recover'] as const

export type Provided = 'checkout' | 'setup-node' | 'tributary' | 'local'

const ADDRESS = /^(?<name>[\w.-]+\/[\w.-]+(?:\/[\w./-]+)?)@[\w./-]+$/

/** What the hub runs for a `uses:`. Recognizes Tributary by its name or by its `role` input: forks and copies may have any name. */
export function providedBy(uses: string, role: string | undefined): Provided | undefined {
  if (uses.startsWith('./')) return 'local'
  const name = ADDRESS.exec(uses)?.groups?.name?.toLowerCase()
  if (name === undefined) return undefined
  if (name === 'actions/checkout') return 'checkout'
  if (name === 'actions/setup-node') return 'setup-node'
  return /^[^/]+\/tributary$/.test(name) || ROLES.some((one) => one === role) ? 'tributary' : undefined
}
