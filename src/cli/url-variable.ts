import { Mistake, type Terminal } from './terminal.ts'

/** The address of a server in a variable; null if it is not set, or empty. */
export function urlIn({ env }: Pick<Terminal, 'env'>, name: 'GITHUB_API_URL' | 'GITHUB_SERVER_URL'): string | null {
  const text = env[name] ?? ''
  if (text === '') return null
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return text.replace(/\/+$/, '')
  throw new Mistake(
    `the variable ${name} holds '${text}', which is no address; it begins with https://, or is not set`,
    {
      typing: false,
    },
  )
}
