import { existsSync } from 'node:fs'
import { anchoredGround } from './anchored-ground.ts'
import { checkedGround } from './checked-ground.ts'
import type { Ground } from './held.ts'

/** Where the system gives no way to hold a folder, each part of a path is looked at before it is used. */
export const groundOf = (platform: string = process.platform): Ground =>
  platform === 'linux' && existsSync('/proc/self/fd') ? anchoredGround : checkedGround
