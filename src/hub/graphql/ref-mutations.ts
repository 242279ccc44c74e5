import type { Actor } from '../access/actor.ts'
import { needWrite } from '../access/permission.ts'
import { taskOfRequest } from '../control/task.ts'
import { afterPush, type PushedRef } from '../mutations/pushed.ts'
import { Refusal } from '../refusal.ts'
import type { World } from '../world.ts'
import type { Input, ResolverContext } from './context.ts'
import { needRepository } from './find.ts'

const NOTHING = '0'.repeat(40)

interface RefUpdateInput {
  name: string
  afterOid: string
  beforeOid?: string | null
  force?: boolean | null
}

/** Updates all refs or none, each only if it is at its `beforeOid`. Forty zeros: the ref does not exist. */
async function updateRefs(world: World, actor: Actor, changes: readonly RefUpdateInput[]): Promise<void> {
  needWrite(actor, ['contents'])
  const updates: PushedRef[] = []
  const lines: string[] = []
  for (const change of changes) {
    const { update, old } = await planned(world, change)
    updates.push(update)
    lines.push(`update ${change.name} ${change.afterOid} ${old}`)
  }
  const moved = await world.git.run(['update-ref', '--stdin'], `${lines.join('\n')}\n`)
  if (moved.code !== 0) throw new Refusal(422, `Refs could not be updated: ${moved.stderr.trim()}`)
  await afterPush(world, actor, updates)
}

async function planned(world: World, change: RefUpdateInput): Promise<{ update: PushedRef; old: string }> {
  await needName(world, change.name)
  const now = await world.git.resolve(change.name)
  const old = change.beforeOid ?? now ?? NOTHING
  if (old !== (now ?? NOTHING))
    throw new Refusal(422, `Reference \`${change.name}\` does not point to \`${change.beforeOid}\`.`)
  if (now === null && change.afterOid === NOTHING)
    throw new Refusal(422, `Reference \`${change.name}\` does not exist.`)
  if (change.afterOid !== NOTHING) {
    if ((await world.git.object(change.afterOid)) === null)
      throw new Refusal(422, `Object \`${change.afterOid}\` does not exist.`)
    const forward = now === null || change.force === true || (await world.git.isAncestor(now, change.afterOid))
    if (!forward) throw new Refusal(422, `Update of \`${change.name}\` is not a fast forward.`)
  }
  return { update: { ref: change.name, old: now, new: change.afterOid === NOTHING ? null : change.afterOid }, old }
}

async function needName(world: World, name: string): Promise<void> {
  const custom = !/^refs\/(heads|tags)\//.test(name)
  const hidden = custom && (world.store.doc.settings.refuseCustomRefs || name.startsWith('refs/pull/'))
  const valid = /^refs\/[^/]+\/./.test(name) && (await world.git.run(['check-ref-format', name])).code === 0
  if (!valid || hidden) throw new Refusal(422, `\`${name}\` is not a ref that can be updated.`)
}

export const refMutations = {
  updateRefs: async (
    { input }: Input<{ repositoryId: string; refUpdates: RefUpdateInput[] }>,
    { world, actor, wrote }: ResolverContext,
  ) => {
    const named = new Set(input.refUpdates.map(({ name }) => taskOfRequest(name)))
    wrote(named.size === 1 ? ([...named][0] ?? null) : null)
    needRepository(input.repositoryId)
    await world.inTurn(() => updateRefs(world, actor, input.refUpdates))
    return {}
  },
}
