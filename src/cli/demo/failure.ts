import { EnvironmentError } from '../subcommand.ts'

/** The demo failed; the message says at which point. */
export class DemoFailure extends EnvironmentError {
  override name = 'DemoFailure'
}
