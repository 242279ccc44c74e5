import { tmpdir } from 'node:os'

/**
 * Where tests of the sandbox keep their files: not in memory, which is a folder below `/dev`. A sandbox has a `/dev` of its
 * own, so that nothing there would have to be hidden.
 */
export const onDisk = (): string => process.env.TRIBUTARY_DISK ?? tmpdir()
