import { modelBlock } from './model-text.ts'

/** Words of a model, or of whoever wrote a plan by hand, set off as a quotation; nothing where there are none. `most`: characters. */
export const quoted = (text: string, most?: number): string[] =>
  modelBlock(text, most).map((line) => (line === '' ? '>' : `> ${line}`))
