/** For tests of what only Linux offers, such as `/proc` and `setsid`: skipped elsewhere, and counted with the reason. */
export const needsLinux = process.platform === 'linux' ? {} : { skip: true, meta: { skippedFor: 'only Linux has it' } }
