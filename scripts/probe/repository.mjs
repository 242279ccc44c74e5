// @ts-check
import { beforeWorkflowsChanged, commitOn, commitWithWorkflow } from './commits.mjs'

/** @typedef {import('./remote.mjs').Remote} Remote */
/** @typedef {import('./remote.mjs').Said} Said */
/** @typedef {import('./table.mjs').Row} Row */

/**
 * @typedef {object} Asked
 * @property {Remote} remote
 * @property {string} id names the refs of this probe
 * @property {string | null} refused a branch that a ruleset refuses to everybody
 */

const CREATE_CHECK = `mutation($input: CreateCheckRunInput!) { createCheckRun(input: $input) { checkRun { id url } } }`

/**
 * Asks one after the other, and takes away what it pushed, whatever happens between.
 * @param {Asked} asked
 * @returns {Promise<{ rows: Row[], clean: boolean }>}
 */
export async function probeRepository({ remote, id, refused }) {
  const refs = namesOf(id)
  /** @type {Row[]} */
  const rows = []
  try {
    const tip = await tipOf(remote)
    const plain = push(remote, 'Does a new branch go through?', [`${tip.child}:${refs.branch}`])
    rows.push(plain)
    if (plain.answer === YES) rows.push(...(await others(remote, refs, tip)), ...(await ruleset(remote, tip, refused)))
  } catch (error) {
    rows.push({
      question: 'The rest',
      answer: NOT_ASKED,
      evidence: error instanceof Error ? error.message : `${error}`,
    })
  }
  const { row, clean } = cleanUp(remote, refs.all)
  return { rows: [...rows, row], clean }
}

const YES = 'yes'
const NO = 'no'
const NOT_ASKED = 'could not be asked'

/** They look as those of a run do, so that a rule for them meets these too. @param {string} id */
function namesOf(id) {
  const [heads, own] = [`refs/heads/tributary/probe-${id}`, `refs/tributary/probe-${id}`]
  return { branch: `${heads}/plain`, heads, own, all: [`${heads}/*`, `${own}/*`] }
}

/**
 * The default branch as it is now, and a commit of this probe on top of it.
 * @param {Remote} remote
 */
async function tipOf(remote) {
  const { ok, said, body } = await remote.rest('')
  if (!ok) throw new Error(said)
  const ref = `refs/heads/${body.default_branch}`
  const sha = remote.refs([ref]).get(ref)
  if (sha === undefined) throw new Error(`${ref} is not there`)
  return { sha, child: commitOn(remote, sha) }
}

/**
 * @param {Remote} remote
 * @param {string} question
 * @param {readonly string[]} refspecs
 * @returns {Row}
 */
function push(remote, question, refspecs) {
  const { ok, said } = remote.push(refspecs)
  return { question, answer: ok ? YES : NO, evidence: said }
}

/**
 * @param {Remote} remote
 * @param {ReturnType<typeof namesOf>} refs
 * @param {{ sha: string, child: string }} tip
 */
async function others(remote, { heads, own }, { sha, child }) {
  const both = [`${commitOn(remote, sha)}:${heads}/trunk`, `${commitOn(remote, sha)}:${own}/log`]
  const changed = commitWithWorkflow(remote, sha)
  return [
    push(remote, 'Does a ref outside branches and tags go through?', [`${commitOn(remote, sha)}:${own}/alone`]),
    push(remote, 'Do a branch and such a ref go through in one atomic push?', both),
    await check(remote, child),
    push(remote, 'May a new workflow file be pushed to a branch?', [`${changed}:${heads}/workflow`]),
    push(remote, 'May it be pushed to a ref outside branches and tags?', [`${changed}:${own}/workflow`]),
    ...behind(remote, { heads, own }, sha),
  ]
}

/**
 * A check stays: it can be completed, never deleted. Its commit is no branch's any more in the end.
 * @param {Remote} remote
 * @param {string} headSha
 * @returns {Promise<Row>}
 */
async function check(remote, headSha) {
  const question = 'May this token make a check run by GraphQL?'
  const { ok, said, body } = await remote.rest('')
  if (!ok) return { question, answer: NOT_ASKED, evidence: said }
  const input = { repositoryId: body.node_id, headSha, name: 'Probe', status: 'COMPLETED', conclusion: 'NEUTRAL' }
  const made = await remote.query(CREATE_CHECK, { input })
  return { question, answer: made.ok ? YES : NO, evidence: made.said }
}

/**
 * Both readings of the rule for workflow files: is a pushed tree compared with the default branch as it is now, or may contents
 * pass that the history has already?
 * @param {Remote} remote
 * @param {{ heads: string, own: string }} refs
 * @param {string} tip
 * @returns {Row[]}
 */
function behind(remote, { heads, own }, tip) {
  const question = 'May a branch be pushed from before a workflow file was changed on the default branch?'
  const base = beforeWorkflowsChanged(remote, tip)
  if (base === null) {
    const evidence = `no commit of ${tip} and before it has other workflow files: change one on the default branch, then ask again`
    return [{ question, answer: NOT_ASKED, evidence }]
  }
  return [
    push(remote, question, [`${commitOn(remote, base)}:${heads}/behind`]),
    push(remote, 'And a ref outside branches and tags?', [`${commitOn(remote, base)}:${own}/behind`]),
  ]
}

/**
 * @param {Remote} remote
 * @param {{ sha: string }} tip
 * @param {string | null} name
 * @returns {Promise<Row[]>}
 */
async function ruleset(remote, { sha }, name) {
  const question = 'What does a ruleset say that refuses a branch?'
  if (name === null) {
    const evidence = 'no branch was named: make a ruleset that refuses one to everybody, and give its name'
    return [{ question, answer: NOT_ASKED, evidence }]
  }
  const ref = `refs/heads/${name}`
  if (remote.refs([ref]).has(ref))
    return [{ question, answer: NOT_ASKED, evidence: `${name} is there: name one that is not` }]
  const rules = await remote.rest(`/rules/branches/${name.split('/').map(encodeURIComponent).join('/')}`)
  const { ok, said } = remote.push([`${commitOn(remote, sha)}:${ref}`])
  if (ok) remote.push([`:${ref}`])
  return [
    { question, answer: ok ? 'nothing: the push went through, and was taken back' : 'it is refused', evidence: said },
    {
      question: 'Does the API tell so beforehand?',
      answer: rules.ok ? (rules.body.length > 0 ? YES : NO) : NOT_ASKED,
      evidence: rules.said,
    },
  ]
}

/**
 * @param {Remote} remote
 * @param {readonly string[]} patterns
 * @returns {{ row: Row, clean: boolean }}
 */
function cleanUp(remote, patterns) {
  const question = 'Is everything gone that was pushed?'
  try {
    const pushed = [...remote.refs(patterns).keys()]
    const { said } = pushed.length > 0 ? remote.push(pushed.map((ref) => `:${ref}`)) : { said: 'nothing was pushed' }
    const left = [...remote.refs(patterns).keys()]
    const answer = left.length === 0 ? YES : `${NO}: delete ${left.join(', ')}`
    return { row: { question, answer, evidence: said }, clean: left.length === 0 }
  } catch (error) {
    const evidence = error instanceof Error ? error.message : `${error}`
    return { row: { question, answer: `${NO}: look for ${patterns.join(', ')}`, evidence }, clean: false }
  }
}
