/** The demo did not go as it should; the message says where. */
export class DemoFailure extends Error {
  override name = 'DemoFailure'
}
