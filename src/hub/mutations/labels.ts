import type { IssueRecord, LabelRecord } from '../store/document.ts'
import type { World } from '../world.ts'

/** Adding an unknown label to an issue creates the label. */
export function addLabels(world: World, issue: IssueRecord, names: readonly string[]): void {
  for (const name of names) {
    const label = labelNamed(world, name) ?? createLabel(world, name, 'ededed', null)
    if (!issue.labels.includes(label.name)) issue.labels.push(label.name)
  }
  issue.updatedAt = world.now()
  world.store.changed()
}

export const labelNamed = (world: World, name: string): LabelRecord | undefined =>
  world.store.doc.labels.find((label) => label.name.toLowerCase() === name.toLowerCase())

export function createLabel(world: World, name: string, color: string, description: string | null): LabelRecord {
  const label = { id: world.store.nextId(), name, color, description }
  world.store.doc.labels.push(label)
  world.store.changed()
  return label
}
