/** Settings of tests with several runs in one world: few slots, which leave soon, so that runs that wait take little from others, and no baseline but where a test asks for it. */
export const calm = (...more: string[]): string =>
  [
    'slots: { start: 3, cap: 4, idle_seconds: 3 }',
    'limits: { pushes_per_minute: 6000, status_seconds: 1, poll_seconds: 0.5 }',
    ...(more.some((line) => line.startsWith('baseline:')) ? [] : ['baseline: off']),
    ...more,
    '',
  ].join('\n')
