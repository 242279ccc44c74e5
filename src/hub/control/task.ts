const RUN = '[1-9][0-9]{0,9}(?:-[1-9][0-9]{0,3})?'
const TASK = '[a-z][a-z0-9]*(?:-[a-z0-9]+)*'

const SHAPES: readonly RegExp[] = [
  new RegExp(`^(?:refs/heads/)?tributary/(${RUN})/(${TASK})$`),
  new RegExp(`^refs/tributary/(${RUN})/attempts/(${TASK})-[0-9]+$`),
  new RegExp(`^tributary-(${RUN})-(${TASK})-[0-9]+$`),
  new RegExp(`^(?:tributary[ /])?(${RUN})/(${TASK})(?:/.*)?$`),
]

/** Names in a run's namespace that belong to no task. */
const SHARED = new Set(['trunk', 'log', 'run', 'plan'])

/** The task that a request concerns, as `42/t3`, from the names that Tributary gives refs, artifacts and checks. Null: none, or several. */
export function taskOfRequest(...names: readonly (string | null | undefined)[]): string | null {
  for (const name of names) {
    for (const shape of SHAPES) {
      const match = shape.exec(name ?? '')
      if (match?.[1] !== undefined && match[2] !== undefined)
        return SHARED.has(match[2]) ? null : `${match[1]}/${match[2]}`
    }
  }
  return null
}
