/**
 * The own entry of a record whose keys are chosen by people or models, such as ids of tasks. Plain indexing also reads the
 * prototype, and a task may be called `constructor`.
 */
export const ownOf = <Value>(record: Readonly<Record<string, Value>> | undefined, key: string): Value | undefined =>
  record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined
