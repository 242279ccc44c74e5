import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Replace a piece of text that is there exactly once; anything else means that the file is not what the step was written for. */
export function replace(file, from, to) {
  const text = readFileSync(file, 'utf8')
  const times = text.split(from).length - 1
  if (times !== 1) throw new Error(`${file}: expected once, found ${times} times: ${from}`)
  writeFileSync(file, text.replace(from, () => to))
}

export function create(file, text) {
  if (existsSync(file)) throw new Error(`${file} is there already`)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

export const append = (file, text) => writeFileSync(file, readFileSync(file, 'utf8') + text)

/** Stands for the time in which an agent would think. */
export const think = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000))
