import { Ajv2019, type ErrorObject } from 'ajv/dist/2019.js'
import addFormats from 'ajv-formats'
import type { HubEvent } from '../../../src/hub/host.ts'
import type { Exchange } from '../../../src/hub/rest/middleware.ts'
import { closed, readExtract, type Schema, translated } from './openapi.ts'

/** Everything a hub says and is told, held against GitHub's own description. */
export interface Contract {
  /** Exchanges and events seen so far. */
  seen: number
  violations: string[]
  exchange(exchange: Exchange): void
  event(event: HubEvent): void
}

const extract = translated(readExtract()) as Schema
const paths = extract.paths as unknown as Record<string, Record<string, Operation>>
const templates = Object.keys(paths)
  .map((path) => ({
    path,
    expression: new RegExp(`^${path.replace(/\{(path|ref)\}/g, '.+').replace(/\{\w+\}/g, '[^/]+')}$`),
  }))
  // The more words of its own a template has, the closer it fits.
  .toSorted((one, other) => wordsOf(other.path) - wordsOf(one.path))

function wordsOf(path: string): number {
  return path.split('/').filter((part) => !part.startsWith('{')).length
}

interface Operation {
  parameters?: { $ref?: string; name?: string; in?: string }[]
  requestBody?: { schema?: Schema }
  responses: Record<string, { $ref?: string; schema?: Schema }>
}

const ajv = addFormats.default(new Ajv2019({ strict: false, allErrors: true, logger: false }))
ajv.addSchema({ ...extract, $id: 'https://loose.example/' })
ajv.addSchema({ ...(closed(extract) as Schema), $id: 'https://strict.example/' })

export function createContract(): Contract {
  const contract: Contract = {
    seen: 0,
    violations: [],
    exchange: (exchange) => {
      contract.seen += 1
      contract.violations.push(
        ...problemsOf(exchange).map((problem) => `${exchange.method} ${exchange.path}: ${problem}`),
      )
    },
    event: ({ name, payload }) => {
      contract.seen += 1
      if (name === 'workflow_dispatch') return
      const known = [name, payload.action]
        .filter((part) => part !== undefined)
        .join('_')
        .replaceAll('_', '-')
      contract.violations.push(
        ...check('loose', ['events', known], payload).map((problem) => `${known} event: ${problem}`),
      )
    },
  }
  return contract
}

/** For a hub whose log is not looked at: a violation answers 500. */
export function checkExchange(exchange: Exchange): void {
  const [problem] = problemsOf(exchange)
  if (problem !== undefined) throw new Error(`${exchange.method} ${exchange.path}: ${problem}`)
}

function problemsOf(exchange: Exchange): string[] {
  // A repository that was renamed redirects there: GitHub's description has the addresses by name only.
  if (exchange.status === 301 || exchange.status === 307) return []
  const address = exchange.path.replace(/^\/repositories\/\d+/, '/repos/octo/demo')
  const path = templates.find(({ expression }) => expression.test(address))?.path
  const method = exchange.method.toLowerCase()
  const operation = path === undefined ? undefined : paths[path]?.[method]
  if (path === undefined || operation === undefined) return exchange.status === 404 ? [] : ['is no route of GitHub']
  const place = ['paths', path, method]
  return [...requestProblems(exchange, operation, place), ...answerProblems(exchange, operation, place)]
}

/** What was refused may well have been wrong: tests ask so on purpose. */
function requestProblems(exchange: Exchange, operation: Operation, place: string[]): string[] {
  if (exchange.status >= 400) return []
  const known = (operation.parameters ?? []).map(parameter).filter((one) => one.in === 'query')
  const unknown = Object.keys(exchange.query).filter((name) => !known.some((one) => one.name === name))
  const problems = unknown.map((name) => `no query parameter is called ${name}`)
  if (exchange.requestBody === '') return problems
  if (operation.requestBody?.schema === undefined) return [...problems, 'takes no body']
  return [
    ...problems,
    ...check('strict', [...place, 'requestBody', 'schema'], JSON.parse(exchange.requestBody)).map(
      (one) => `request ${one}`,
    ),
  ]
}

function parameter(given: { $ref?: string; name?: string; in?: string }) {
  const name = given.$ref?.split('/').at(-1)
  const components = extract.components as { parameters: Record<string, { name: string; in: string }> }
  return name === undefined ? given : (components.parameters[name] ?? given)
}

function answerProblems(exchange: Exchange, operation: Operation, place: string[]): string[] {
  const status = String(exchange.status)
  const answer = operation.responses[status]
  if (exchange.status >= 400) return exchange.responseBody.includes('"message"') ? [] : ['an error without a message']
  if (exchange.status === 304) return []
  if (answer === undefined) return [`GitHub never answers ${status} here`]
  if (answer.schema === undefined || exchange.responseBody === '') return []
  return check('loose', [...place, 'responses', status, 'schema'], JSON.parse(exchange.responseBody)).map(
    (one) => `answer ${one}`,
  )
}

function check(mode: 'loose' | 'strict', place: readonly string[], value: unknown): string[] {
  const pointer = place.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')
  const validate = ajv.getSchema(`https://${mode}.example/#/${pointer}`)
  if (validate === undefined) return [`nothing is known of ${place.join(' ')}`]
  return validate(value) ? [] : told(validate.errors ?? [])
}

const told = (errors: readonly ErrorObject[]): string[] =>
  errors.map(({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`)
