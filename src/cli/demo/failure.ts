/** The demo failed; the message says at which point. */
export class DemoFailure extends Error {
  override name = 'DemoFailure'
}
