import { z } from 'zod'

const count = z.number().int().positive().default(1)
const expression = z.string().refine(compiles, 'not a regular expression')

const statusFields = {
  method: z.string().optional(),
  route: expression,
  status: z.number().int().min(400).max(599),
  count,
  headers: z.record(z.string(), z.string()).default({}),
  message: z.string().default('A fault that was asked for'),
}

/** A fault that tests inject. */
export const faultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('status'), ...statusFields }),
  z.strictObject({ kind: z.literal('status-after'), ...statusFields }),
  z.strictObject({ kind: z.literal('drop-event'), event: z.string(), count }),
  z.strictObject({ kind: z.literal('double-event'), event: z.string(), count }),
  z.strictObject({
    kind: z.literal('kill-job'),
    name: expression,
    ms: z.number().int().nonnegative().default(0),
    count,
  }),
  /** Kills the job that sends a matching request, after `skip` of them: before the request is executed, or before it is answered. */
  z.strictObject({
    kind: z.literal('kill-sender'),
    name: expression,
    method: z.string().optional(),
    route: expression,
    when: z.enum(['before', 'after']),
    skip: z.number().int().nonnegative().default(0),
    count,
  }),
  /** GitHub's GraphQL refuses with status 200. `most`: a request with no more mutations than that is executed. */
  z.strictObject({
    kind: z.literal('graphql-limit'),
    type: z.enum(['RATE_LIMIT', 'RATE_LIMITED', 'RESOURCE_LIMITS_EXCEEDED']),
    most: z.number().int().nonnegative().default(0),
    count,
    headers: z.record(z.string(), z.string()).default({}),
  }),
  /** From its next matching request on the job's token is not taken, as an App's token after an hour. */
  z.strictObject({ kind: z.literal('expire-token'), name: expression, route: expression.default('.'), count }),
  /**
   * Refuses pushes of refs that fit an extended regular expression, and whose tree holds a text. `whole`: by a hook that
   * looks at the whole push, so that git blames all refs of it.
   */
  z.strictObject({
    kind: z.literal('refuse-ref'),
    ref: expression,
    contains: z.string().default(''),
    words: z.string().min(1),
    whole: z.boolean().default(false),
    count,
  }),
  /** A full storage: GitHub refuses to create the artifact, or to finish it. */
  z.strictObject({
    kind: z.literal('refuse-artifact'),
    name: expression,
    at: z.enum(['create', 'finalize']).default('create'),
    count,
  }),
  z.strictObject({ kind: z.literal('slow-artifact'), name: expression, ms: z.number().int().positive(), count }),
  /** Fails a step of a job before it does anything. */
  z.strictObject({ kind: z.literal('fail-step'), name: expression, step: expression, count }),
  z.strictObject({ kind: z.literal('delay-job'), name: expression, ms: z.number().int().positive(), count }),
])
export type Fault = z.infer<typeof faultSchema>
type Of<K extends Fault['kind']> = Extract<Fault, { kind: K }>

export interface Faults {
  add(faults: readonly Fault[]): void
  list(): readonly Fault[]
  clear(): void
  /** Each of these decrements the fault's count. */
  forRequest(kind: 'status' | 'status-after', method: string, path: string): Of<'status'> | Of<'status-after'> | null
  forEvent(event: string): 'drop' | 'double' | null
  /** `mutations`: counts them, which is asked for only if there is such a fault. */
  graphqlLimit(mutations: () => number): Of<'graphql-limit'> | null
  expire(job: string, path: string): boolean
  kill(job: string): number | null
  killSender(job: string, method: string, path: string): 'before' | 'after' | null
  delay(job: string): number
  refuseArtifact(name: string, at: 'create' | 'finalize'): boolean
  /** Milliseconds that an upload takes longer. */
  slowArtifact(name: string): number
  failStep(job: string, step: string): boolean
  /** The refusals that hold for a push; each that was applied is to be counted by `used`. */
  refusals(): { fault: Of<'refuse-ref'>; used(): void }[]
}

export function createFaults(): Faults {
  let faults: Fault[] = []
  const take = <K extends Fault['kind']>(kind: K, fits: (fault: Of<K>) => boolean): Of<K> | null => {
    const found = faults.filter(isOf(kind)).find(fits)
    if (found === undefined) return null
    found.count -= 1
    faults = faults.filter((fault) => fault.count > 0)
    return found
  }
  const named = (job: string) => (fault: { name: string }) => new RegExp(fault.name).test(job)
  return {
    add: (more) => faults.push(...more),
    list: () => faults,
    clear: () => {
      faults = []
    },
    forRequest: (kind, method, path) => take(kind, (fault) => fitsRequest(fault, method, path)),
    forEvent: (event) => {
      if (take('drop-event', (fault) => fault.event === event) !== null) return 'drop'
      return take('double-event', (fault) => fault.event === event) === null ? null : 'double'
    },
    graphqlLimit: (mutations) => take('graphql-limit', ({ most }) => mutations() > most),
    expire: (job, path) =>
      take('expire-token', (fault) => named(job)(fault) && new RegExp(fault.route).test(path)) !== null,
    kill: (job) => take('kill-job', named(job))?.ms ?? null,
    killSender: (job, method, path) => {
      const fits = (fault: Of<'kill-sender'>) => named(job)(fault) && fitsRequest(fault, method, path)
      const passing = faults.filter(isOf('kill-sender')).find(fits)
      if (passing !== undefined && passing.skip > 0) {
        passing.skip -= 1
        return null
      }
      return take('kill-sender', fits)?.when ?? null
    },
    refusals: () =>
      faults.filter(isOf('refuse-ref')).map((fault) => ({
        fault,
        used: () => void take('refuse-ref', (one) => one === fault),
      })),
    refuseArtifact: (artifact, at) =>
      take('refuse-artifact', (fault) => fault.at === at && named(artifact)(fault)) !== null,
    slowArtifact: (artifact) => take('slow-artifact', named(artifact))?.ms ?? 0,
    failStep: (job, step) =>
      take('fail-step', (fault) => named(job)(fault) && new RegExp(fault.step).test(step)) !== null,
    delay: (job) => take('delay-job', named(job))?.ms ?? 0,
  }
}

const isOf =
  <K extends Fault['kind']>(kind: K) =>
  (fault: Fault): fault is Of<K> =>
    fault.kind === kind

const fitsRequest = (fault: { method?: string | undefined; route: string }, method: string, path: string): boolean =>
  (fault.method === undefined || fault.method.toUpperCase() === method) && new RegExp(fault.route).test(path)

function compiles(source: string): boolean {
  try {
    new RegExp(source)
    return true
  } catch {
    return false
  }
}
