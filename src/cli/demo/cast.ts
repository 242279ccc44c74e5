/** Who every job of a workflow is, on GitHub and on the hub. */
const BOT = 'github-actions[bot]'

export const isBot = (login: string): boolean => login === BOT
