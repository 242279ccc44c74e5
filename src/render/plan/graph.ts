import type { Plan, Task } from '../../core/plan/plan.ts'
import { oneLine } from '../markdown/escape.ts'
import { byteLength, LIMITS } from '../markdown/fit.ts'

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
const node = (index: number): string => `n${index + 1}`

function shape(task: Task, index: number, titled: boolean): string {
  const text = titled ? `${mermaidLabel(task.id)}<br/>${mermaidLabel(task.title)}` : mermaidLabel(task.id)
  return task.kind === 'gate' ? `${node(index)}{"${text}"}` : `${node(index)}["${text}"]`
}

function edges(plan: Plan): string[] {
  const place = new Map(plan.tasks.map((task, index) => [task.id, index]))
  return plan.tasks.flatMap((task, index) =>
    task.needs.flatMap((need) => {
      const from = place.get(need)
      return from === undefined ? [] : [`  ${node(from)} --> ${node(index)}`]
    }),
  )
}

function classed(plan: Plan, styleOf: (id: string) => NodeStyle): string[] {
  const byStyle = new Map<NodeStyle, string[]>()
  plan.tasks.forEach((task, index) => {
    byStyle.set(styleOf(task.id), [...(byStyle.get(styleOf(task.id)) ?? []), node(index)])
  })
  return [...byStyle].flatMap(([name, nodes]) => [
    `  classDef ${name} ${CLASSES[name]}`,
    `  class ${nodes.join(',')} ${name}`,
  ])
}

const drawn = (plan: Plan, styleOf: (id: string) => NodeStyle, titled: boolean): string[] => [
  'flowchart LR',
  ...plan.tasks.map((task, index) => `  ${shape(task, index, titled)}`),
  ...edges(plan),
  ...classed(plan, styleOf),
]

/** The plan as a Mermaid graph, or one line that says why it is not drawn. */
export function graph(plan: Plan, styleOf: (id: string) => NodeStyle = () => 'later'): string[] {
  const needs = edges(plan).length
  if (needs > EDGES)
    return [
      `The graph is not drawn: it has ${needs} edges, and more than ${EDGES} cannot be read. The table says what needs what.`,
    ]
  for (const titled of [true, false]) {
    const lines = drawn(plan, styleOf, titled)
    if (byteLength(lines.join('\n')) < LIMITS.mermaid) return ['```mermaid', ...lines, '```']
  }
  return [
    `The graph is not drawn: with ${plan.tasks.length} tasks it would be too long. The table says what needs what.`,
  ]
}
