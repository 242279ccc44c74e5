import { z } from 'zod'
import { documentOf } from './everywhere.ts'
import type { World } from './world.ts'

const BOT = 'github-actions[bot]'
const text = z.string().nullable()
const postedSchema = z.looseObject({
  comments: z.array(z.looseObject({ author: z.string(), body: z.string() })),
  issues: z.array(z.looseObject({ author: z.string(), number: z.int(), title: z.string(), body: text })),
  checks: z.array(z.looseObject({ name: z.string(), output: z.looseObject({ title: text, summary: text, text }) })),
  jobs: z.array(z.looseObject({ name: z.string(), summary: z.string() })),
})

/** All Markdown that the action itself has put before people, by place, as it is in the end: as a page shows it. */
export function postedBy(world: World): Map<string, string> {
  const { comments, issues, checks, jobs } = postedSchema.parse(documentOf(world))
  const bodies = [
    ...comments.filter(({ author }) => author === BOT).map(({ body }, at) => [`comment ${at}`, body]),
    ...issues.filter(({ author }) => author === BOT).map(({ number, body }) => [`pull request ${number}`, body]),
    ...checks.flatMap(({ name, output }, at) =>
      [output.summary, output.text].map((body, part) => [`check ${at}.${part} ${name}`, body]),
    ),
    ...jobs.map(({ name, summary }, at) => [`summary ${at} of ${name}`, summary]),
  ]
  return new Map(bodies.flatMap(([place, body]) => (place != null && body ? [[place, body]] : [])))
}

/** Titles of its pull requests: whoever squashes one makes a commit's subject of it. */
export const titlesBy = (world: World): string[] =>
  postedSchema
    .parse(documentOf(world))
    .issues.filter(({ author }) => author === BOT)
    .map(({ title }) => title)

/** Numbers of all issues and pull requests that are there. */
export const numbersIn = (world: World): number[] =>
  postedSchema.parse(documentOf(world)).issues.map(({ number }) => number)
