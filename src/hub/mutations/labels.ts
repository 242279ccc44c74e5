import type { IssueRecord, LabelRecord } from '../store/document.ts'
import type { World } from '../world.ts'

/** Adding an unknown label to an issue creates the label. Returns those that the issue did not have. */
export function addLabels(world: World, issue: IssueRecord, names: readonly string[]): LabelRecord[] {
  const labels = names.map((name) => labelNamed(world, name) ?? createLabel(world, name, 'ededed', null))
  const fresh = labels.filter(({ name }) => !issue.labels.includes(name))
  issue.labels.push(...new Set(fresh.map(({ name }) => name)))
  issue.updatedAt = world.now()
  world.store.changed()
  return fresh
}

export const labelNamed = (world: World, name: string): LabelRecord | undefined =>
  world.store.doc.labels.find((label) => label.name.toLowerCase() === name.toLowerCase())

export function createLabel(world: World, name: string, color: string, description: string | null): LabelRecord {
  const label = { id: world.store.nextId(), name, color, description }
  world.store.doc.labels.push(label)
  world.store.changed()
  return label
}
