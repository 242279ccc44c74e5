/** These speak for the job, so no agent gets them, whatever the settings name. */
const NEVER = /^(?:ACTIONS_|GITHUB_TOKEN$|GH_TOKEN$|INPUT_|RUNNER_|LD_|BASH_ENV$|ENV$|NODE_OPTIONS$)/

/** Those of the variables that an agent may be handed. */
export const passable = (names: readonly string[]): string[] => names.filter((name) => !NEVER.test(name))
