/** Limits and features of a model in the API. */
export interface ModelTraits {
  /** Tokens of a prompt. */
  readonly context: number
  /** Largest `max_tokens`. */
  readonly output: number
  /** Takes `tool_choice` any or tool. */
  readonly forcedToolChoice: boolean
  /** Accepts prefill: continues a last message of the assistant. */
  readonly prefill: boolean
  /** Values of `thinking.type`. */
  readonly thinking: readonly ('adaptive' | 'enabled' | 'disabled' | 'between_tools')[]
  /** Prefixes shorter than so many tokens are not cached. */
  readonly cacheMinimum: number
}

const newest: ModelTraits = {
  context: 1_000_000,
  output: 128_000,
  forcedToolChoice: false,
  prefill: false,
  thinking: ['adaptive', 'disabled'],
  cacheMinimum: 512,
}

const older: ModelTraits = {
  context: 200_000,
  output: 64_000,
  forcedToolChoice: true,
  prefill: true,
  thinking: ['enabled', 'disabled'],
  cacheMinimum: 4096,
}

export type ModelTable = Readonly<Record<string, ModelTraits>>

/** Some models of the API: the newest, and one that still accepts what they reject. */
export const MODELS: ModelTable = {
  'claude-opus-5-5': { ...newest, thinking: ['adaptive'] },
  'claude-sonnet-5-5': newest,
  'claude-haiku-5-5': newest,
  'claude-haiku-4-5': older,
}

/** The table with single traits of some models replaced; an unknown id becomes a model like the newest. */
export const modelTable = (traits: Readonly<Record<string, Partial<ModelTraits>>> = {}): ModelTable => ({
  ...MODELS,
  ...Object.fromEntries(
    Object.entries(traits).map(([id, given]) => [id, { ...(MODELS[id] ?? newest), ...given }] as const),
  ),
})
