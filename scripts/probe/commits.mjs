// @ts-check
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** @typedef {import('./remote.mjs').Remote} Remote */

const WORKFLOWS = '.github/workflows'
/** It starts by nothing that happens here. */
const NEW_WORKFLOW = 'on: workflow_call\njobs: { nothing: { runs-on: ubuntu-latest, steps: [{ run: "true" }] } }\n'

/**
 * A commit on top of another with the same files, and never the same one twice: a push of a commit that is there already says
 * nothing.
 * @param {Remote} remote
 * @param {string} parent
 * @param {string} [tree]
 */
export const commitOn = (remote, parent, tree = `${parent}^{tree}`) =>
  remote.git(['commit-tree', remote.git(['rev-parse', tree]), '-p', parent, '-m', `Probe ${randomUUID()}`])

/**
 * The same with one workflow file more, of contents that no branch has.
 * @param {Remote} remote
 * @param {string} parent
 */
export function commitWithWorkflow(remote, parent) {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-probe-'))
  try {
    const index = join(folder, 'index')
    const blob = remote.git(['hash-object', '-w', '--stdin'], { input: `# ${randomUUID()}\n${NEW_WORKFLOW}` })
    remote.git(['read-tree', parent], { index })
    remote.git(['update-index', '--add', '--cacheinfo', `100644,${blob},${WORKFLOWS}/tributary-probe.yml`], { index })
    return commitOn(remote, parent, remote.git(['write-tree'], { index }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * The newest commit of a branch whose workflow files are there and are not those of its tip; null if there is none.
 * @param {Remote} remote
 * @param {string} tip
 */
export function beforeWorkflowsChanged(remote, tip) {
  const now = workflowsOf(remote, tip)
  const changes = remote.git(['rev-list', '--first-parent', tip, '--', WORKFLOWS]).split('\n')
  const before = changes.flatMap((sha) => known(remote, `${sha}^`) ?? [])
  return before.find((sha) => ![null, now].includes(workflowsOf(remote, sha))) ?? null
}

/**
 * @param {Remote} remote
 * @param {string} sha
 */
const workflowsOf = (remote, sha) => known(remote, `${sha}:${WORKFLOWS}`)

/**
 * @param {Remote} remote
 * @param {string} name
 */
function known(remote, name) {
  try {
    return remote.git(['rev-parse', '--verify', '--quiet', name])
  } catch {
    return null
  }
}
