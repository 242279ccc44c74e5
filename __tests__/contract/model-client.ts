import type { ClientOptions } from '@anthropic-ai/sdk'
import Anthropic from '@anthropic-ai/sdk'
import type { ModelServer } from '../../src/model-double/server.ts'
import { MODEL_KEY } from '../support/model.ts'

/** The real SDK, pointed at the scripted server. */
export const clientOf = (server: ModelServer, options: ClientOptions = {}): Anthropic =>
  new Anthropic({ apiKey: MODEL_KEY, baseURL: server.url, maxRetries: 0, ...options })

export const say = (content: string): Anthropic.MessageParam => ({ role: 'user', content })

export const base = (...messages: Anthropic.MessageParam[]) => ({
  model: 'claude-sonnet-5-5',
  max_tokens: 1000,
  messages,
})

export const VIEW = {
  name: 'view',
  input_schema: { type: 'object' as const, properties: { path: { type: 'string' } }, required: ['path'] },
}

export const PLAN = {
  type: 'json_schema' as const,
  schema: {
    type: 'object',
    properties: { title: { type: 'string' }, tasks: { type: 'array', items: { type: 'string' } } },
    required: ['title', 'tasks'],
    additionalProperties: false,
  },
}

/** What the SDK throws. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
