/**
 * The entry of a record whose keys are chosen by people or models, such as ids of tasks. A task may be called `constructor`,
 * which plain indexing finds in every object.
 */
export const ownOf = <Value>(record: Readonly<Record<string, Value>> | undefined, key: string): Value | undefined =>
  record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined
