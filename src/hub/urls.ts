/** The URLs of a hub for its port. They are not stored, since a restarted hub may use another port. */
export interface Urls {
  /** Where a browser and git find the pages and the repository. */
  server: string
  api: string
  graphql: string
  results: string
  repo: string
  html: string
  git: string
}

export function urlsOf(port: number, owner: string, repo: string): Urls {
  const loopback = `http://127.0.0.1:${port}`
  // @actions/artifact works with github.com and *.localhost only; git resolves the latter by itself.
  const server = `http://hub.localhost:${port}`
  return {
    server,
    api: `${loopback}/api/v3`,
    graphql: `${loopback}/api/graphql`,
    results: `${loopback}/`,
    repo: `${loopback}/api/v3/repos/${owner}/${repo}`,
    html: `${server}/${owner}/${repo}`,
    git: `${loopback}/${owner}/${repo}.git`,
  }
}
