import { expect, it, onTestFinished } from 'vitest'
import { openSlots } from '../../../src/adapters/github/slots.ts'
import { logLines } from '../../../src/core/slots/job-log.ts'
import { UnreadableResult } from '../../../src/ports/slots.ts'
import { removeFolder, temporary } from '../../hub/support/repository.ts'
import { json, misbehaving, type Say } from './server.ts'

const JOB = 77
const MEBIBYTE = 2 ** 20
const noise = (bytes: number): string => `${'x'.repeat(1023)}\n`.repeat(bytes / 1024)
const handedOver = (result: string): string =>
  logLines({ name: 'tributary-42-t1-1/result.json', bytes: Buffer.from(result) }).join('\n')
const found = { id: JOB, from: 'log', run: '42', task: 't1', attempt: 1 } as const

/** GitHub names the place of a log, which then answers as told, once for each look. */
async function logOf(...answers: readonly Say[]) {
  const folder = temporary('results')
  onTestFinished(() => removeFolder(folder))
  const place: Say = (response) => response.writeHead(302, { location: `${server.url}/log` }).end()
  const server = await misbehaving(answers.flatMap((answer) => [place, answer]))
  return openSlots({
    client: server.client,
    owner: 'o',
    repo: 'r',
    folder,
    action: 'somebody/tributary',
    workflowRun: 7,
  })
}
const text =
  (log: string): Say =>
  (response) => {
    response.writeHead(200).end(log)
  }

it('finds what was handed over at the end of a log of any length', async () => {
  const log = text(`${noise(33 * MEBIBYTE)}${handedOver('{"a":1}')}\n##[error]The storage is full.\n`)
  const slots = await logOf(log, log)
  expect(await slots.ending(JOB, '42')).toEqual({ error: 'The storage is full.', results: [found] })
  expect((await slots.download({ ...found, workflowRun: 7 })).result).toBe('{"a":1}')
})

it('believes nothing whose beginning has fallen out of the end that is read', async () => {
  const log = text(`${handedOver('{"a":1}')}\n${noise(33 * MEBIBYTE)}`)
  const slots = await logOf(log)
  expect(await slots.ending(JOB, '42')).toEqual({ error: null, results: [] })
})

it.each([
  ['cut off', handedOver('{"a":1}').slice(0, -10)],
  ['masked', handedOver('{"a":1}').replace(/^eyJ.*$/m, '***')],
])('refuses a result that is %s', async (_, log) => {
  const slots = await logOf(text(log))
  await expect(slots.download({ ...found, workflowRun: 7 })).rejects.toThrow(UnreadableResult)
})

it.each<[string, Say]>([
  ['has no log any more', json(404, {})],
  [
    'breaks off',
    (response) => void response.writeHead(200, { 'content-length': '9' }).write('half', () => response.destroy()),
  ],
])('knows no ending yet where the place %s', async (_, answer) => {
  const slots = await logOf(answer)
  expect(await slots.ending(JOB, '42')).toBeNull()
})
