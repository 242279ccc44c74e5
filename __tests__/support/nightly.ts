/**
 * For whole runs of a rarer case, so that all that runs for each change ends within its ten minutes: `it('...', nightly, ...)`.
 * `npm run test:nightly` runs them, and so does the name of their file by `npx vitest run`.
 */
export const nightly = { tags: ['nightly'] }
