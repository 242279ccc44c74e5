// @ts-check
// Runs jobs of the action, one after another: loading it takes as long as most jobs do. What a job is given comes as a
// message, and what it says goes as one.
import dns from 'node:dns'

const { lookup } = dns
/** As the hub's own processes: names under `.localhost` are this machine. */
dns.lookup = /** @type {typeof lookup} */ (
  (/** @type {string} */ name, /** @type {[any]} */ ...rest) =>
    lookup(name.endsWith('.localhost') ? 'localhost' : name, ...rest)
)

/** @param {object} message */
const tell = (message) => process.send?.(message)

for (const stream of [process.stdout, process.stderr]) {
  stream.write = (/** @type {string | Uint8Array} */ text, /** @type {unknown[]} */ ...rest) => {
    tell({ text: typeof text === 'string' ? text : Buffer.from(text).toString() })
    const written = rest.at(-1)
    if (typeof written === 'function') written()
    return true
  }
}

const { Date: RealDate, setTimeout: realSetTimeout } = globalThis

/**
 * A job whose time passes faster: `<milliseconds since 1970 at which it begins to>:<how often>`. The same for all processes that
 * are given the same.
 * @param {string | undefined} wanted
 */
function setClock(wanted) {
  Object.assign(globalThis, { Date: RealDate, setTimeout: realSetTimeout })
  const [begin = 0, speed = 1] = (wanted ?? '').split(':').map(Number)
  if (wanted === undefined) return
  const now = () => begin + (RealDate.now() - begin) * speed
  const FastDate = class extends RealDate {
    /** @param {[]} given */
    constructor(...given) {
      if (given.length === 0) super(now())
      else super(...given)
    }
    /** @override */
    static now() {
      return now()
    }
  }
  /** @type {(act: (...given: unknown[]) => void, ms?: number, ...given: unknown[]) => unknown} */
  const fast = (act, ms = 0, ...given) => realSetTimeout(act, ms / speed, ...given)
  Object.assign(globalThis, { Date: FastDate, setTimeout: fast })
}

process.once('disconnect', () => process.exit())
let jobs = 0
process.on('message', async (/** @type {{ main: string, cwd: string, env: Record<string, string> }} */ job) => {
  for (const name of Object.keys(process.env)) delete process.env[name]
  Object.assign(process.env, job.env)
  process.chdir(job.cwd)
  process.exitCode = undefined
  setClock(process.env.TEST_CLOCK)
  jobs += 1
  // The same address would not be run a second time.
  await import(`${job.main}?job=${jobs}`)
  process.chdir('/')
  tell({ code: process.exitCode ?? 0 })
})
