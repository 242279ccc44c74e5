// @ts-check
/**
 * What the changelog says of a version that is about to be released, or why there cannot be a release yet.
 * @param {string} changelog
 * @param {{ tag: string, version: string }} release `version` as package.json has it
 * @returns {{ ok: true, notes: string } | { ok: false, why: string }}
 */
export function notesOf(changelog, { tag, version }) {
  if (tag !== `v${version}`) return no(`the tag is ${tag}, and package.json says ${version}`)
  const sections = sectionsOf(changelog)
  if (sections.get('Unreleased')) return no(`CHANGELOG.md still has lines under Unreleased: move them to ${version}`)
  const notes = sections.get(version)
  if (!notes) return no(`CHANGELOG.md says nothing of ${version}`)
  return { ok: true, notes }
}

/** @param {string} why */
const no = (why) => ({ ok: /** @type {const} */ (false), why })

/** @param {string} changelog */
function sectionsOf(changelog) {
  const [, ...parts] = changelog.split(/^## /m)
  return new Map(parts.map((part) => [nameOf(part), part.slice(`${part}\n`.indexOf('\n')).trim()]))
}

/**
 * `[1.2.3] - 2026-11-21` and `1.2.3 - 2026-11-21` are both written.
 * @param {string} part
 */
const nameOf = (part) => /^\[?([^\]\s]+)/.exec(part)?.[1] ?? ''
