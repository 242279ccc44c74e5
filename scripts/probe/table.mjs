// @ts-check
/** @typedef {{ question: string, answer: string, evidence: string }} Row */

/** The most that a cell quotes: enough for the reason, which platforms give first. */
const MOST = 600

/**
 * As a table for a job's summary.
 * @param {readonly Row[]} rows
 */
export const tableOf = (rows) =>
  [
    '| Question | Answer | In the words of what was asked |',
    '| --- | --- | --- |',
    ...rows.map(({ question, answer, evidence }) => `| ${question} | ${answer} | ${quoted(evidence)} |`),
    '',
  ].join('\n')

/** @param {string} text words of others: shown as code, on one line, closing nothing */
function quoted(text) {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const said = lines.join(' / ')
  const short = said.length > MOST ? `${said.slice(0, MOST)} ...` : said
  return short === ''
    ? '(nothing)'
    : `<code>${short.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('|', '&#124;')}</code>`
}
