import type { PageContext } from './context.ts'
import type { View } from './layout.ts'
import type { PageCall } from './session/signed-in.ts'

export type MakeView = (context: PageContext, call: PageCall) => View | Promise<View>
/** Adds a page at a path, which is also a stream of its changes. */
export type AddPage = (path: string, make: MakeView) => void
