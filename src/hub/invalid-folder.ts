/** A hub cannot start on this folder; the message says how to fix it. */
export class InvalidHubFolder extends Error {
  override name = 'InvalidHubFolder'
}
