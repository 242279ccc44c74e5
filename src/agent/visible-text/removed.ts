/** What can be removed from a text before a model reads it. `long-base64` is only reported: it stays. */
export type RemovedKind =
  | 'html-comment'
  | 'hidden-element'
  | 'html-tag'
  | 'html-attribute'
  | 'html-entity'
  | 'link-definition'
  | 'link-target'
  | 'link-title'
  | 'empty-link'
  | 'footnote'
  | 'image-text'
  | 'data-uri'
  | 'diagram-comment'
  | 'fence-words'
  | 'excess-cell'
  | 'hidden-formula'
  | 'ansi-escape'
  | 'tag-character'
  | 'variation-selector'
  | 'zero-width'
  | 'bidi-control'
  | 'control-character'
  | 'private-use'
  | 'invisible-character'
  | 'tangled-markup'
  | 'long-base64'

export interface Removed {
  readonly kind: RemovedKind
  readonly count: number
}

export type RemovedCounts = Map<RemovedKind, number>

export const countRemoved = (tally: RemovedCounts, kind: RemovedKind, by = 1): void => {
  if (by > 0) tally.set(kind, (tally.get(kind) ?? 0) + by)
}

/** Sorted by kind, so that the order in which things were found does not matter. */
export const listRemoved = (tally: RemovedCounts): Removed[] =>
  [...tally].map(([kind, times]) => ({ kind, count: times })).toSorted((a, b) => (a.kind < b.kind ? -1 : 1))
