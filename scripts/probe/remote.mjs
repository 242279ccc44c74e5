// @ts-check
import { execFileSync, spawnSync } from 'node:child_process'

/**
 * @typedef {object} Place
 * @property {string} token
 * @property {string} repository `OWNER/NAME`
 * @property {string} api
 * @property {string} graphql
 * @property {string} server
 */

/** @typedef {{ ok: boolean, said: string }} Said */

const IDENTITY = {
  GIT_AUTHOR_NAME: 'Probe',
  GIT_AUTHOR_EMAIL: 'probe@example.com',
  GIT_COMMITTER_NAME: 'Probe',
  GIT_COMMITTER_EMAIL: 'probe@example.com',
}

/**
 * git and the two APIs of one repository. What they say comes back without the token.
 * @param {Place} place
 */
export function remoteOf({ token, repository, api, graphql, server }) {
  const url = `${server}/${repository}.git`
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64')
  /** @param {string} text */
  const hidden = (text) => text.replaceAll(token, '***').replaceAll(basic, '***')
  // The token is in no argument, which every process of the machine could read.
  const env = {
    ...process.env,
    ...IDENTITY,
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${server}/.extraheader`,
    GIT_CONFIG_VALUE_0: `authorization: basic ${basic}`,
  }

  /**
   * git on the checkout; throws what git says.
   * @param {string[]} args
   * @param {{ input?: string, index?: string }} [given]
   */
  const git = (args, { input = '', index } = {}) =>
    execFileSync('git', args, {
      input,
      env: index === undefined ? env : { ...env, GIT_INDEX_FILE: index },
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
    }).trim()

  return {
    git,
    /**
     * @param {readonly string[]} refspecs `SHA:REF`, or `:REF` to delete
     * @returns {Said}
     */
    push(refspecs) {
      const args = ['push', '--porcelain', '--atomic', '--no-verify', url, ...refspecs]
      const { status, stdout, stderr } = spawnSync('git', args, { env, encoding: 'utf8' })
      return { ok: status === 0, said: hidden(`${stderr}\n${stdout}`).replaceAll(url, 'the repository') }
    },
    /**
     * The refs that fit, with their commits.
     * @param {readonly string[]} patterns
     */
    refs(patterns) {
      const listed = git(['ls-remote', url, ...patterns])
      return new Map(
        listed
          .split('\n')
          .flatMap((line) => [line.split('\t')])
          .flatMap(([sha, ref]) => (sha && ref ? [[ref, sha]] : [])),
      )
    },
    /**
     * @param {string} path
     * @returns {Promise<Said & { body: any }>}
     */
    rest: (path) => asked(`${api}/repos/${repository}${path}`, { headers: headers(token) }, hidden),
    /**
     * @param {string} query
     * @param {object} variables
     * @returns {Promise<Said & { body: any }>}
     */
    async query(query, variables) {
      const request = { method: 'POST', headers: headers(token), body: JSON.stringify({ query, variables }) }
      const answer = await asked(graphql, request, hidden)
      const { data, errors } = answer.body ?? {}
      return { ok: answer.ok && errors === undefined, said: answer.said, body: data }
    },
  }
}

/** @typedef {ReturnType<typeof remoteOf>} Remote */

/** @param {string} token */
const headers = (token) => ({
  authorization: `Bearer ${token}`,
  accept: 'application/vnd.github+json',
  'content-type': 'application/json',
  'user-agent': 'tributary-probe',
})

/**
 * @param {string} url
 * @param {RequestInit} request
 * @param {(text: string) => string} hidden
 */
async function asked(url, request, hidden) {
  const answer = await fetch(url, request)
  const text = await answer.text()
  return { ok: answer.ok, said: hidden(`${answer.status} ${text}`), body: parsed(text) }
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
