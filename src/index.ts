import * as core from '@actions/core'
import { main } from './main.ts'

try {
  await main()
} catch (error) {
  core.setFailed(error instanceof Error ? error : String(error))
}
