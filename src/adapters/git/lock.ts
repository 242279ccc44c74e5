/** Two fetches into one repository fail on git's own lock files, so they wait for each other, whoever asks for them. */
const queues = new Map<string, Promise<unknown>>()

export async function oneAtATime<Value>(key: string, work: () => Promise<Value>): Promise<Value> {
  const before = queues.get(key) ?? Promise.resolve()
  const mine = before.then(work, work)
  const settled = mine.catch(() => {})
  queues.set(key, settled)
  try {
    return await mine
  } finally {
    if (queues.get(key) === settled) queues.delete(key)
  }
}
