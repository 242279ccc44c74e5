import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidHubFolder } from '../invalid-folder.ts'
import type { Document } from './document.ts'

/** Long enough to gather one request's changes, short enough that a killed hub loses almost nothing. */
const WRITE_AFTER_MS = 10

export interface Store {
  readonly doc: Document
  nextId(): number
  nextNumber(): number
  /** Schedules a write of the changed document, some milliseconds later. */
  changed(): void
  /** Calls `listener` at each change, until the function that it returns is called. */
  watch(listener: () => void): () => void
  flush(): Promise<void>
}

/** It holds tokens: for its owner alone. */
const SECRET = 0o600

export function openStore(dataDir: string, create: () => Document): Store {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const file = join(dataDir, 'hub.json')
  const doc = read(file) ?? create()
  const writer = createWriter(file, () => JSON.stringify(doc))
  const listeners = new Set<() => void>()
  const changed = () => {
    writer.wake()
    for (const listener of listeners) listener()
  }
  writeFileSync(file, JSON.stringify(doc), { mode: SECRET })
  return {
    doc,
    nextId: () => {
      doc.lastId += 1
      changed()
      return doc.lastId
    },
    nextNumber: () => {
      doc.lastNumber += 1
      changed()
      return doc.lastNumber
    },
    changed,
    watch: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    flush: writer.flush,
  }
}

function read(file: string): Document | null {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return null
  }
  const doc = parsed(text)
  if (doc?.version === 1) return doc
  throw new InvalidHubFolder(
    `${file} is damaged, or was written by another version of the hub; give another --data folder`,
  )
}

function parsed(text: string): Document | null {
  try {
    return JSON.parse(text) as Document | null
  } catch {
    return null
  }
}

function createWriter(file: string, text: () => string) {
  let timer: NodeJS.Timeout | null = null
  let writing: Promise<void> = Promise.resolve()
  const write = () => {
    timer = null
    writing = writing.then(() => replace(file, text()))
    return writing
  }
  return {
    wake: () => {
      timer ??= setTimeout(write, WRITE_AFTER_MS)
    },
    flush: () => {
      if (timer !== null) clearTimeout(timer)
      return write()
    },
  }
}

/** Writes a temporary file and renames it, so that a crash leaves the old document intact. */
async function replace(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: SECRET })
  await rename(`${file}.new`, file)
}
