// @ts-check
import { skippedLine } from './counts.mjs'

/** Says in one line, at the end of a vitest run, how many tests did not run and why. */
export default class SkippedReporter {
  /** @param {ReadonlyArray<import('vitest/node').TestModule>} modules */
  onTestRunEnd(modules) {
    const skipped = modules.flatMap((module) => [...module.children.allTests('skipped')])
    const why = skipped.flatMap((test) => test.meta().skippedFor ?? [])
    if (why.length > 0) console.log(`\n${skippedLine({ skipped: why.length, why: [...new Set(why)] })}`)
  }
}
