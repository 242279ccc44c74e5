import { invalid, notFound } from '../refusal.ts'
import type { World } from '../world.ts'

/** As GitHub does it: pull requests follow, the API redirects from the old name, and git knows only the new one. */
export async function renameBranch(world: World, from: string, to: string): Promise<void> {
  const { doc } = world.store
  const sha = await world.git.commitOf(`refs/heads/${from}`)
  if (sha === null) throw notFound()
  if ((await world.git.commitOf(`refs/heads/${to}`)) !== null)
    throw invalid({ resource: 'Branch', code: 'already_exists', field: 'new_name' })
  await world.git.run(['update-ref', `refs/heads/${to}`, sha])
  await world.git.run(['symbolic-ref', 'HEAD', `refs/heads/${doc.defaultBranch === from ? to : doc.defaultBranch}`])
  await world.git.run(['update-ref', '-d', `refs/heads/${from}`])
  if (doc.defaultBranch === from) doc.defaultBranch = to
  for (const { pull } of doc.issues) {
    if (pull?.base === from) pull.base = to
    if (pull?.head === from) pull.head = to
  }
  const { [to]: _taken, ...others } = doc.renamedBranches ?? {}
  doc.renamedBranches = { ...others, [from]: to }
  world.store.changed()
}
