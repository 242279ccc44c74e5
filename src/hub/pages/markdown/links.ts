/** Where links of a comment lead. */
export interface Links {
  /** The hub's own address, as it stands in comments: pages are reached by several. */
  server: string
  /** The address of the thread on GitHub, to which relative links are relative. */
  page: string
  /** Where `#12` leads. */
  issues: string
}

/**
 * The links of rendered Markdown as links of these pages: those to the hub lose their host, references such as `#12` become
 * links, and images, which pages do not load, are named. `text` holds no attribute that a comment's author wrote.
 */
export function linked(text: string, links: Links): string {
  let depth = 0
  return text
    .replace(/<img src="[^"]*" alt="([^"]*)"[^>]*>/g, '[image: $1]')
    .split(/(<[^>]*>)/)
    .map((piece) => {
      if (!piece.startsWith('<')) return depth === 0 ? withReferences(piece, links) : piece
      if (/^<(?:a|code)[ >]/.test(piece)) depth += 1
      if (/^<\/(?:a|code)>/.test(piece)) depth -= 1
      return piece.replace(/ href="([^"#][^"]*)"/, (_, href: string) => ` href="${ownAddress(href, links)}"`)
    })
    .join('')
}

const withReferences = (text: string, { issues }: Links): string =>
  text.replace(
    /(^|[\s(])#(\d{1,9})\b/g,
    (_, before: string, number: string) => `${before}<a href="${issues}/${number}">#${number}</a>`,
  )

/** `href` is encoded for HTML, and so is the answer. */
function ownAddress(href: string, { server, page }: Links): string {
  const address = href.replaceAll('&amp;', '&')
  if (!URL.canParse(address, page)) return '#'
  const url = new URL(address, page)
  if (!/^(?:https?|mailto):$/.test(url.protocol)) return '#'
  const shown = url.origin === new URL(server).origin ? url.pathname + url.search + url.hash : url.href
  return shown.replaceAll('&', '&amp;').replaceAll('"', '%22')
}
