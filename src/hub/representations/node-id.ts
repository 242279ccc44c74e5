export type NodeKind =
  | 'R'
  | 'U'
  | 'O'
  | 'BOT'
  | 'I'
  | 'PR'
  | 'IC'
  | 'CR'
  | 'CS'
  | 'PRR'
  | 'PRRC'
  | 'PRRT'
  | 'LA'
  | 'WFR'
  | 'WF'
  | 'REA'
  | 'A'
  | 'MDU'
  | 'J'
  | 'REF'
  | 'C'
  | 'CO'

/** Global ids, the same in REST and GraphQL: GitHub's prefix and the hub's own id. */
export const nodeId = (kind: NodeKind, id: number | string): string => `${kind}_kwHub${id}`

export function parseNodeId(text: string): { kind: string; id: string } | null {
  const match = /^([A-Z]+)_kwHub(.+)$/.exec(text)
  return match?.[1] === undefined || match[2] === undefined ? null : { kind: match[1], id: match[2] }
}
