import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Branches and our own refs. None of them is a tag, which git would have to peel. */
const PLAIN = /^refs\/(?:heads|tributary)\//
const SHA = /^[0-9a-f]{40}$/

/**
 * What git would answer to `ls-refs` of protocol 2, byte for byte, without a process for it: jobs that wait for a ref to move
 * ask several times a second. Null for what git is to answer itself.
 */
export async function refsOf(dir: string, question: string): Promise<string | null> {
  const prefixes = prefixesIn(question)
  if (prefixes === null) return null
  const found = new Map(await Promise.all(prefixes.map((prefix) => refsUnder(dir, prefix))).then((all) => all.flat()))
  const lines = [...found].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([ref, sha]) => `${sha} ${ref}\n`)
  return `${lines.map((line) => `${(line.length + 4).toString(16).padStart(4, '0')}${line}`).join('')}0000`
}

function prefixesIn(question: string): string[] | null {
  const lines = [...question.matchAll(/(?:0001)?[0-9a-f]{4}([^\n]+)\n/g)].map(([, line = '']) => line)
  if (!lines.includes('command=ls-refs')) return null
  const prefixes = lines.flatMap((line) => (line.startsWith('ref-prefix ') ? [line.slice('ref-prefix '.length)] : []))
  const known = prefixes.every((prefix) => PLAIN.test(prefix) && !prefix.includes('..'))
  return prefixes.length > 0 && known ? prefixes : null
}

type Ref = [name: string, sha: string]

async function refsUnder(dir: string, prefix: string): Promise<Ref[]> {
  const packed = await readFile(join(dir, 'packed-refs'), 'utf8').catch(() => '')
  const lines = packed.split('\n').map((line): Ref => [line.slice(41), line.slice(0, 40)])
  const loose = await looseUnder(dir, dirname(`${prefix}x`), prefix)
  return [...lines.filter(([ref]) => ref.startsWith(prefix)), ...loose].filter(([, sha]) => SHA.test(sha))
}

/** What is locked, or has gone meanwhile, is passed over. */
async function looseUnder(dir: string, folder: string, prefix: string): Promise<Ref[]> {
  const entries = await readdir(join(dir, folder), { withFileTypes: true }).catch(() => [])
  const found = entries.map(async (entry): Promise<Ref[]> => {
    const ref = `${folder}/${entry.name}`
    if (!ref.startsWith(prefix) || ref.endsWith('.lock')) return []
    if (entry.isDirectory()) return looseUnder(dir, ref, prefix)
    const sha = await readFile(join(dir, ref), 'utf8').catch(() => '')
    return [[ref, sha.trim()]]
  })
  return (await Promise.all(found)).flat()
}
