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

process.once('disconnect', () => process.exit())
let jobs = 0
process.on('message', async (/** @type {{ main: string, cwd: string, env: Record<string, string> }} */ job) => {
  for (const name of Object.keys(process.env)) delete process.env[name]
  Object.assign(process.env, job.env)
  process.chdir(job.cwd)
  process.exitCode = undefined
  jobs += 1
  // The same address would not be run a second time.
  await import(`${job.main}?job=${jobs}`)
  process.chdir('/')
  tell({ code: process.exitCode ?? 0 })
})
