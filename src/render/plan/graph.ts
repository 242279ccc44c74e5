import type { Plan } from '../../core/plan/plan.ts'
import { oneLine } from '../markdown/escape.ts'
import { byteLength, LIMITS } from '../markdown/fit.ts'
import { groupsOf } from './task-groups.ts'

/** The Mermaid class of a task: it shows the status, and the shape of the node shows the kind of task. */
export type NodeStyle = 'landed' | 'atwork' | 'queued' | 'person' | 'failed' | 'blocked' | 'left' | 'later'

const EDGES = 99

/** Each class sets both fill and text colour, so that it is readable on GitHub's light and dark page. */
const CLASSES: Record<NodeStyle, string> = {
  landed: 'fill:#d1f0d9,stroke:#1a7f37,color:#0b3d1a',
  atwork: 'fill:#d6e9ff,stroke:#0969da,color:#062c5c,stroke-width:3px',
  queued: 'fill:#eef4fb,stroke:#0969da,color:#062c5c',
  person: 'fill:#fff3c4,stroke:#9a6700,color:#4d3400,stroke-width:3px',
  failed: 'fill:#ffdcd9,stroke:#cf222e,color:#6b0f16,stroke-width:3px',
  blocked: 'fill:#f6e7e6,stroke:#cf222e,color:#6b0f16,stroke-dasharray:4 3',
  later: 'fill:#ffffff,stroke:#6e7781,color:#1f2328',
  left: 'fill:#eaeef2,stroke:#6e7781,color:#424a53,stroke-dasharray:4 3',
}

/** Escapes every character that Mermaid, or the Markdown around it, could interpret. */
export const mermaidLabel = (text: string): string =>
  oneLine(text)
    // GitHub reads two in a row as the start of a formula.
    .replace(/\$(?=\$)/g, '$\u200b')
    .replace(/[^\p{L}\p{N}\p{M} .,()/+=?!'^-]/gu, (character) => `#${character.codePointAt(0)};`)

/** Nodes are numbered, since a task's id such as `end` can be a keyword of Mermaid. */
const name = (index: number): string => `n${index + 1}`

/** A node of the drawing: one task, or a group of them. */
interface Node {
  lines: readonly string[]
  isGate: boolean
  style: NodeStyle
  /** Places of the nodes that it needs. */
  needs: readonly number[]
}

const shape = ({ lines, isGate }: Node, index: number): string => {
  const text = lines.join('<br/>')
  return isGate ? `${name(index)}{"${text}"}` : `${name(index)}["${text}"]`
}

const edges = (nodes: readonly Node[]): string[] =>
  nodes.flatMap(({ needs }, index) => needs.map((need) => `  ${name(need)} --> ${name(index)}`))

function classed(nodes: readonly Node[]): string[] {
  const byStyle = new Map<NodeStyle, string[]>()
  nodes.forEach(({ style }, index) => {
    byStyle.set(style, [...(byStyle.get(style) ?? []), name(index)])
  })
  return [...byStyle].flatMap(([style, names]) => [
    `  classDef ${style} ${CLASSES[style]}`,
    `  class ${names.join(',')} ${style}`,
  ])
}

const drawn = (nodes: readonly Node[]): string[] => [
  'flowchart LR',
  ...nodes.map((node, index) => `  ${shape(node, index)}`),
  ...edges(nodes),
  ...classed(nodes),
]

function nodesOf({ tasks }: Plan, styleOf: StyleOf, titled: boolean): Node[] {
  const place = new Map(tasks.map(({ id }, index) => [id, index]))
  return tasks.map(({ id, title, kind, needs }) => ({
    lines: titled ? [mermaidLabel(id), mermaidLabel(title)] : [mermaidLabel(id)],
    isGate: kind === 'gate',
    style: styleOf(id),
    needs: needs.flatMap((need) => place.get(need) ?? []),
  }))
}

/** Above this a node shows several tasks, by their ids. */
const MOST_NODES = 20
const MOST_IDS = 8

function groupNodes(plan: Plan, styleOf: StyleOf): Node[] {
  return groupsOf(plan).map(({ tasks, needs }) => {
    const [shown, rest] = [tasks.slice(0, MOST_IDS), tasks.length - MOST_IDS]
    return {
      lines: [
        ...shown.map(({ id }) => `${MARKS[styleOf(id)]}${mermaidLabel(id)}`),
        ...(rest > 0 ? [`and ${rest} more`] : []),
      ],
      isGate: tasks.every(({ kind }) => kind === 'gate'),
      style: URGENT.find((style) => tasks.some(({ id }) => styleOf(id) === style)) ?? 'later',
      needs,
    }
  })
}

/** What a group shows if its tasks differ: the first of these. */
const URGENT: readonly NodeStyle[] = ['failed', 'person', 'atwork', 'queued', 'blocked', 'later', 'left', 'landed']

/** The state of a task inside a group, which has one colour. */
const MARKS: Record<NodeStyle, string> = {
  landed: '✓ ',
  atwork: '▶ ',
  queued: '',
  person: '? ',
  failed: '✗ ',
  blocked: '',
  later: '',
  left: '– ',
}

type StyleOf = (id: string) => NodeStyle

/** The plan as a Mermaid graph, or one line that says why it is not drawn. */
export function graph(plan: Plan, styleOf: StyleOf = () => 'later'): string[] {
  const inGroups = plan.tasks.length > MOST_NODES
  const drawings = inGroups
    ? [() => groupNodes(plan, styleOf)]
    : [() => nodesOf(plan, styleOf, true), () => nodesOf(plan, styleOf, false)]
  for (const nodes of drawings.map((draw) => draw())) {
    const needs = edges(nodes).length
    if (needs > EDGES)
      return [
        `The graph has ${needs} edges, and more than ${EDGES} cannot be read, so it is not drawn. The list of tasks says what needs what.`,
      ]
    const lines = drawn(nodes)
    if (byteLength(lines.join('\n')) < LIMITS.mermaid) return ['```mermaid', ...lines, '```']
  }
  return [`The graph of ${plan.tasks.length} tasks is too long to be drawn. The list of tasks says what needs what.`]
}
