/** The four people of a hub, each with a token of their own. */
export const LOGINS = ['admin', 'writer', 'reader', 'outsider'] as const
export type Login = (typeof LOGINS)[number]

export type HubRole = 'admin' | 'write' | 'read' | 'none'

export interface HubPerson {
  login: Login
  id: number
  role: HubRole
  association: 'MEMBER' | 'COLLABORATOR' | 'NONE'
}

const PEOPLE: Readonly<Record<Login, HubPerson>> = {
  admin: { login: 'admin', id: 101, role: 'admin', association: 'MEMBER' },
  writer: { login: 'writer', id: 102, role: 'write', association: 'COLLABORATOR' },
  reader: { login: 'reader', id: 103, role: 'read', association: 'COLLABORATOR' },
  outsider: { login: 'outsider', id: 104, role: 'none', association: 'NONE' },
}

/** The user that every GITHUB_TOKEN acts as; the id is GitHub's. */
export const BOT = { login: 'github-actions[bot]', id: 41898282 } as const

export const isLogin = (text: string): text is Login => LOGINS.some((login) => login === text)
export const person = (login: Login): HubPerson => PEOPLE[login]
export const findPerson = (login: string): HubPerson | null => {
  const known = login.toLowerCase()
  return isLogin(known) ? PEOPLE[known] : null
}

export const associationOf = (login: string): 'MEMBER' | 'COLLABORATOR' | 'NONE' =>
  login === BOT.login ? 'NONE' : (findPerson(login)?.association ?? 'NONE')
