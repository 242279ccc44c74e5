/** More would be a circle. */
const MOST = 5

/** Other redirects lead elsewhere on purpose, such as to the storage of an artifact. */
const MOVED = [301, 307, 308]

/**
 * Follows the redirects of a repository that was renamed or transferred. A `fetch` of its own would make a GET of a POST
 * after a 301; and the token must not follow to another host.
 */
export const followingMoves =
  (send: typeof fetch): typeof fetch =>
  async (address, init) => {
    let url = String(address)
    for (let followed = 0; ; followed += 1) {
      const answer = await send(url, { ...init, redirect: 'manual' })
      const location = answer.headers.get('location')
      if (!MOVED.includes(answer.status) || location === null) return answer
      const next = new URL(location, url)
      if (followed === MOST || next.origin !== new URL(url).origin)
        throw new Error(`GitHub redirects to ${next.origin}${next.pathname}, which is not followed`)
      await answer.body?.cancel()
      url = next.href
    }
  }
