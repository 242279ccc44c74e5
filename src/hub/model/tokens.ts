/** Bytes that count as one token: no tokenizer's word, but the same for every machine. */
const BYTES_PER_TOKEN = 4

export const tokensOf = (bytes: number): number => Math.ceil(bytes / BYTES_PER_TOKEN)

export const bytesFor = (tokens: number): number => tokens * BYTES_PER_TOKEN

export const bytesOf = (text: string): number => Buffer.byteLength(text)

/** As much of a text as fits into so many bytes, no character cut in two. */
export function withinBytes(text: string, bytes: number): string {
  if (bytesOf(text) <= bytes) return text
  const cut = Buffer.from(text).subarray(0, Math.max(0, bytes)).toString('utf8')
  return cut.replace(/\uFFFD+$/, '')
}
