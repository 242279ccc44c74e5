import { PACE } from './pace.ts'

/**
 * Seconds that this process computed during `work`, as an idle machine would take: what else the machine does does not count.
 * The time of the system is left out, since it grows when memory is short.
 */
export function computeSeconds(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  return process.cpuUsage(before).user / 1e6 / PACE
}
