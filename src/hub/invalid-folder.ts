/** A folder that a hub cannot be started on; the message says what to do about it. */
export class InvalidHubFolder extends Error {
  override name = 'Unfit'
}
