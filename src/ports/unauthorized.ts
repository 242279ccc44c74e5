/** The remote no longer takes our token: it has ended, or was revoked. Only a fresh job can get another. */
export class Unauthorized extends Error {
  override name = 'Unauthorized'
}
