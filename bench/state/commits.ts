import { virtualClock } from '../machine/clock.ts'
import { memoryRepo, type WorkedRepo } from '../machine/repo.ts'

/** As in git: what is committed twice, with the same tree, parents and words, has one id. */
export function oneCommitEach(): WorkedRepo {
  const repo = memoryRepo(virtualClock(), 0)
  const commit = once(repo.commit)
  const merge = once(repo.merge)
  return { ...repo, commit, merge }
}

function once<Words extends readonly unknown[], Made>(make: (...words: Words) => Promise<Made>) {
  const made = new Map<string, Promise<Made>>()
  return (...words: Words): Promise<Made> => {
    const key = JSON.stringify(words)
    const known = made.get(key) ?? make(...words)
    made.set(key, known)
    return known
  }
}
