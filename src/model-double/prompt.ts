import { blocksOf, type CacheControl, type ContentBlock, type CountBody } from './body.ts'

/** A piece of the prompt in the order of the cache: tools, format, system, messages. */
export interface Segment {
  readonly text: string
  readonly tokens: number
  /** Behind this piece the client asks for a cache entry. */
  readonly ttl: '5m' | '1h' | null
}

type Marked = { cache_control?: CacheControl | null | undefined }
type Piece = Marked | ContentBlock

/** The prompt, piece by piece. What changes how messages are read (tool choice, thinking) stands before them. */
export function segmentsOf(body: CountBody): Segment[] {
  const format = body.output_config?.format
  const all = [
    ...(body.tools ?? []).map((tool) => segment('tool', tool)),
    ...(format ? [segment('format', { ...format, cache_control: null })] : []),
    ...systemOf(body).map((block) => segment('system', block)),
    ...settingsOf(body),
    ...body.messages.flatMap((message) => blocksOf(message).map((block) => segment(message.role, block))),
  ]
  return withAutomatic(all, body.cache_control ?? null)
}

export const promptTokens = (segments: readonly Segment[]): number =>
  segments.reduce((sum, { tokens }) => sum + tokens, 0)

function segment(place: string, piece: Piece): Segment {
  const { marker, rest } = unmarked(piece)
  const text = JSON.stringify(rest)
  return {
    text: `${place}\n${text}`,
    tokens: tokensOfBytes(promptBytes(text)),
    ttl: marker ? (marker.ttl ?? '5m') : null,
  }
}

/** A piece without its marker; one inside the result of a tool counts for the whole result. */
function unmarked(piece: Piece): { marker: CacheControl | null | undefined; rest: object } {
  const { cache_control: marker, ...rest } = { cache_control: null, ...piece }
  if (!('type' in piece) || piece.type !== 'tool_result' || !Array.isArray(piece.content)) return { marker, rest }
  const inner = piece.content.map(unmarked)
  const innerMarker = inner.findLast((one) => one.marker)?.marker
  return { marker: marker ?? innerMarker, rest: { ...rest, content: inner.map((one) => one.rest) } }
}

const systemOf = ({ system = [] }: CountBody) =>
  typeof system === 'string' ? [{ type: 'text' as const, text: system }] : system

function settingsOf({ tool_choice, thinking }: CountBody): Segment[] {
  if (tool_choice === undefined && thinking === undefined) return []
  return [{ text: `settings\n${JSON.stringify({ tool_choice, thinking })}`, tokens: 0, ttl: null }]
}

/** A marker on the whole request stands behind its last piece. */
function withAutomatic(segments: Segment[], control: CacheControl | null): Segment[] {
  const last = segments.at(-1)
  if (control === null || last === undefined) return segments
  return [...segments.slice(0, -1), { ...last, ttl: last.ttl ?? control.ttl ?? '5m' }]
}

/** Bytes that count as one token: no tokenizer's word, but the same for every machine. */
const BYTES_PER_TOKEN = 4

export const tokensOfBytes = (bytes: number): number => Math.ceil(bytes / BYTES_PER_TOKEN)

export const bytesFor = (tokens: number): number => tokens * BYTES_PER_TOKEN

export const promptBytes = (text: string): number => Buffer.byteLength(text)

/** As much of a text as fits into so many bytes, no character cut in two. */
export function withinBytes(text: string, bytes: number): string {
  if (promptBytes(text) <= bytes) return text
  const cut = Buffer.from(text).subarray(0, Math.max(0, bytes)).toString('utf8')
  return cut.replace(/\uFFFD+$/, '')
}
