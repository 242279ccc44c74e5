import type { Person } from '../core/command/authority.ts'
import type { JobDeps } from './deps.ts'

/**
 * An account with the role that it has now; of anything but a person it is not asked. `viaApp` is known of comments only: of reviews
 * and pull requests, GitHub does not tell whether an App acted in the person's name.
 */
export const personOf = async (
  { forge }: Pick<JobDeps, 'forge'>,
  { login, type, viaApp = null }: Pick<Person, 'login' | 'type'> & Partial<Pick<Person, 'viaApp'>>,
): Promise<Person> => ({ login, type, viaApp, role: type === 'User' ? await forge.role(login) : 'none' })
