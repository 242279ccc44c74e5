import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { secretIn, secretSeeker } from '../../../src/core/landing/secrets.ts'
import { computeSeconds } from '../../support/processor.ts'

const DIGITS = '0123456789'
const HEX = `${DIGITS}abcdef`
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const ALPHANUMERIC = `${DIGITS}${UPPER}${UPPER.toLowerCase()}`

/** Drawn by a hash, the same each time. Keys are put together here, so that no scanner takes this file for a leak. */
const drawn = (length: number, alphabet = ALPHANUMERIC, seed = 'seed'): string =>
  Array.from({ length }, (_, index) => {
    const byte = createHash('sha256').update(`${seed} ${index}`).digest()[0] ?? 0
    return alphabet[byte % alphabet.length]
  }).join('')
const key = (...parts: readonly string[]): string => parts.join('')
const jwt = (payload: object): string =>
  [{ alg: 'HS256', typ: 'JWT' }, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')

const KEYS: readonly (readonly [string, string])[] = [
  ['GitHub', key('gh', 'p_', drawn(36))],
  ['GitHub', key('gh', 's_', drawn(36))],
  ['GitHub', key('github', '_pat_', drawn(22), '_', drawn(59))],
  ['Anthropic', key('sk-', 'ant-', 'api03-', drawn(93), 'AA')],
  ['OpenAI', key('sk-', 'proj-', drawn(74), 'T3Blbk', 'FJ', drawn(74))],
  ['OpenAI', key('sk-', drawn(20), 'T3Blbk', 'FJ', drawn(20))],
  ['OpenAI', key('sk-', drawn(48))],
  ['AWS access key', key('AK', 'IA', drawn(16, UPPER))],
  ['AWS access key', key('AS', 'IA', drawn(16, UPPER))],
  ['AWS secret key', key('aws_secret', '_access_key = ', drawn(40))],
  ['AWS secret key', key('"Secret', 'AccessKey": "', drawn(40), '"')],
  ['Google API key', key('AI', 'za', drawn(35))],
  ['Google OAuth', key('GOC', 'SPX-', drawn(28))],
  ['Google service account', key('{"type": "service_account", "private', '_key_id": "', drawn(40, HEX), '"}')],
  ['Slack', key('xo', 'xb-', drawn(12, DIGITS), '-', drawn(12, DIGITS), '-', drawn(24))],
  ['Slack', key('xa', 'pp-1-', drawn(11), '-', drawn(13, DIGITS), '-', drawn(64, HEX))],
  [
    'Slack webhook',
    key('https://hooks.slack', '.com/services/T', drawn(9, UPPER), '/B', drawn(9, UPPER), '/', drawn(24)),
  ],
  ['Discord webhook', key('https://discord', '.com/api/webhooks/', drawn(18, DIGITS), '/', drawn(68))],
  ['Stripe', key('sk', '_live_', drawn(24))],
  ['Stripe', key('rk', '_test_', drawn(32))],
  ['npm', key('np', 'm_', drawn(36))],
  ['npm', key('//registry.npmjs.org/:_auth', 'Token=', drawn(36))],
  ['PyPI', key('py', 'pi-AgEIcHlw', 'aS5vcmc', drawn(80))],
  ['GitLab', key('gl', 'pat-', drawn(20))],
  ['Azure storage', key('AccountName=a;Account', 'Key=', drawn(86), '==;EndpointSuffix=x')],
  ['Twilio', key('S', 'K', drawn(32, HEX))],
  ['SendGrid', key('S', 'G.', drawn(22), '.', drawn(43))],
  ['Hugging Face', key('h', 'f_', drawn(34, UPPER))],
  ['DigitalOcean', key('dop', '_v1_', drawn(64, HEX))],
  ['Docker', key('dckr', '_pat_', drawn(27))],
  ['Shopify', key('shp', 'at_', drawn(32, HEX))],
  ['Vault', key('hv', 's.', drawn(24))],
  ['Telegram', key(drawn(9, DIGITS), ':A', 'A', drawn(33))],
  ['age', key('AGE-SECRET', '-KEY-1', drawn(58, UPPER))],
  ...['', 'RSA ', 'EC ', 'DSA ', 'OPENSSH ', 'ENCRYPTED '].map(
    (kind) => ['private key', key('-----BEGIN ', kind, 'PRIVATE ', 'KEY-----')] as const,
  ),
  ['private key', key('-----BEGIN PGP ', 'PRIVATE KEY BLOCK-----')],
]

describe('keys of a known shape', () => {
  it.each(KEYS)('%s is found wherever it stands', (kind, text) => {
    for (const around of [text, `key: '${text}'`, `a\nb = "${text}"\nc`, `- ${text}\n`])
      expect(secretIn('src/a.ts', around)).toBe(kind)
    expect(secretIn('__tests__/a.test.ts', `const key = '${text}'`), 'in a test too').toBe(kind)
  })

  it('are not seen in what is a little too short, or another word', () => {
    const nearly = KEYS.filter(([kind]) => !kind.includes('private')).map(([, text]) => text.slice(0, 14))
    for (const text of nearly) expect(secretIn('README.md', `see ${text} there`), text).toBeNull()
    expect(secretIn('src/a.ts', `const shape = /${key('gh', 'p_')}[A-Za-z0-9]{36}/`)).toBeNull()
    expect(secretIn('src/a.ts', key('-----BEGIN ', 'PUBLIC KEY-----'))).toBeNull()
    expect(secretIn('src/a.css', '.sk-folding-cube-with-a-long-name-that-goes-on-and-on-to-the-end {}')).toBeNull()
    expect(secretIn('src/a.ts', `npm_config_registry npm_package_dependencies_and_their_versions`)).toBeNull()
  })

  it('are left alone where everybody copies them from documentation', () => {
    expect(secretIn('src/a.ts', key('AK', 'IAIOSFODNN7', 'EXAMPLE'))).toBeNull()
    expect(secretIn('src/a.ts', key('AccountKey=', 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1', drawn(54), '=='))).toBeNull()
    expect(secretIn('src/a.ts', `${jwt({ sub: '1234567890', name: 'John Doe' })}.${drawn(43)}`)).toBeNull()
  })
})

describe('what only looks like a secret', () => {
  const value = drawn(24)
  it.each([
    ['JSON Web Token', `Authorization: Bearer ${jwt({ sub: 'a', iat: 1 })}.${drawn(43)}`],
    ['password in a URL', `postgres://app:${drawn(14)}@db.internal/app`],
    ['value of a secret name', `const apiKey = '${value}'`],
    ['value of a secret name', `"client_secret": "${value}",`],
    ['value of a secret name', `password: \`${drawn(18)}\``],
    ['value of a secret name', `db_passwd => "${drawn(32, HEX)}"`],
    ['value of a secret name', `config.authToken := "${drawn(40, HEX)}"`],
    ['value of a secret name', `A=1\nexport SESSION_SECRET=${value}\nB=2`],
    ['value of a secret name', `  secretToken: ${value}\n`],
  ])('%s: %s', (kind, text) => {
    expect(secretIn('src/a.ts', text)).toBe(kind)
    for (const path of [
      '__tests__/a.ts',
      'src/a.test.ts',
      'fixtures/a.json',
      'docs/a.html',
      'README.md',
      '.env.example',
    ])
      expect(secretIn(path, text), path).toBeNull()
  })

  it.each([
    'const token = process.env.GITHUB_TOKEN',
    `password: $\{{ secrets.DATABASE_PASSWORD_2024 }}`,
    `const password = 'changeme-please-1234'`,
    `apiKey: 'your-api-key-goes-here-123'`,
    `api_key = "xxxxxxxxxxxxxxxxxxxx42"`,
    `token: '00000000-0000-4000-8000-000000000000'`,
    `token: '3f2504e0-4f89-41d3-9a0c-0305e82c3301'`,
    `const secretName = 'my-app-prod-database-2024'`,
    `tokenKind: 'errors.auth.expired.404.v2'`,
    `const tokenUrl = 'https://login.example.com/oauth2/v2.0/token'`,
    `"passwordRules": "required|min:8|max:64|digits:2"`,
    `const passwordPattern = "^(?=.*[A-Z])(?=.*[0-9]).{8,64}$"`,
    `token = nextToken(lexer42, position17)`,
    `secret: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa11`,
    `password = "hunter2hunter2hunter2"`,
    `postgres://postgres:postgres@localhost:5432/app`,
    `redis://user:password123@localhost`,
    `https://x-access-token:\${TOKEN_42}@github.com`,
    `const tokenEncoding = 'useBase64UrlValues'`,
    `const tokenizer = 'AlphanumericTokenizer2Version3'`,
  ])('%s is none', (text) => expect(secretIn('src/a.ts', text)).toBeNull())

  it('is not what machines write', () => {
    const sha512 = createHash('sha512').update('a').digest('base64')
    const lock = `"node_modules/jsonwebtoken": {\n "resolved": "https://r.example/a-1.0.0.tgz",\n "integrity": "sha512-${sha512}"\n}`
    const image = `url(data:image/png;base64,${drawn(20_000, `${ALPHANUMERIC}+/`)})`
    const minified = `!function(e,t){var n=e.token,r="${drawn(10)}",o={password:t};${'n(r),'.repeat(2_000)}}()`
    const hashes = Array.from({ length: 200 }, (_, index) => drawn(40, HEX, `${index}`)).join('\n')
    for (const text of [lock, image, minified, hashes, `token "${hashes.slice(0, 40)}"`])
      expect(secretIn('src/a', text)).toBeNull()
    expect(secretIn('package-lock.json', `"token-types": "${drawn(24)}"`)).toBeNull()
    expect(secretIn('yarn.lock', `  secret-key "${drawn(24)}"`)).toBeNull()
  })

  it('is looked for in time in proportion to the length', () => {
    const pieces = [
      'eyJ',
      'eyJa-',
      'token',
      'secret_',
      '-----BEGIN ',
      '://a:',
      'password="',
      'AccountKey=',
      'a',
      'A1-',
      'hf_',
    ]
    const seconds = computeSeconds(() => {
      for (const piece of pieces) secretIn('src/a.ts', piece.repeat(200_000 / piece.length))
    })
    expect(seconds).toBeLessThan(20)
  })
})

describe('the search of a file', () => {
  const own = 'the value of hunter22, ü'
  const forms = [own, Buffer.from(own).toString('base64'), Buffer.from(own).toString('hex'), encodeURIComponent(own)]

  it("finds the job's own secrets by value in whatever form, and nothing where there are none", () => {
    for (const form of forms) expect(secretSeeker([own]).inText('a', `"${form}"`)).toBe(true)
    expect(secretSeeker([own]).inText('a', 'nothing')).toBe(false)
    expect(secretSeeker(['']).inText('a', 'nothing')).toBe(false)
    expect(secretSeeker(['abc']).inText('a', 'pw: abc'), 'however short').toBe(true)
  })

  it('finds them in bytes, in UTF-8 and UTF-16, and keys of known shapes; nothing that only looks like a secret', () => {
    const bytes = (text: string, encoding: 'utf8' | 'utf16le' = 'utf8') =>
      `\0\xff${Buffer.from(text, encoding).toString('latin1')}\0`
    const { inBytes } = secretSeeker([own, 'abc'])
    for (const form of forms) expect(inBytes('x', bytes(form))).toBe(true)
    const known = key('gh', 'p_', drawn(36))
    expect([inBytes('x', bytes(known)), inBytes('x', bytes(known, 'utf16le'))]).toEqual([true, true])
    expect(inBytes('x', bytes(`password = "${drawn(24)}"; abc`))).toBe(false)
  })
})

describe('values that the settings know', () => {
  const [one, other] = [key('gh', 'p_', drawn(36)), key('gh', 'p_', drawn(36, ALPHANUMERIC, 'other'))]
  const hashOf = (value: string) => `sha256:${createHash('sha256').update(value).digest('hex').toUpperCase()}`
  const findsWith = (known: readonly string[], path: string, text: string) => {
    const { inText, inBytes } = secretSeeker([], known)
    return [inText(path, text), inBytes(path, text)]
  }

  it('are none by default', () => expect(findsWith([], 'a.txt', `token: ${one}`)).toEqual([true, true]))

  it('pass by their hash, in small or capital letters, anywhere; another value beside them does not', () => {
    for (const known of [hashOf(one), hashOf(one).replace(/[A-F]/g, (letter) => letter.toLowerCase())]) {
      expect(findsWith([known], 'a.txt', `token: ${one}`)).toEqual([false, false])
      expect(findsWith([known], 'a.txt', `${one} ${other}`)).toEqual([true, true])
    }
  })

  it('pass by the file that they are in, and in no other', () => {
    const known = ['fixtures/**', hashOf(other)]
    expect(findsWith(known, 'fixtures/a.txt', one)).toEqual([false, false])
    expect(findsWith(known, 'a.txt', one)).toEqual([true, true])
  })

  it('do not pass if they are secrets of this job', () => {
    const { inText } = secretSeeker([one], [hashOf(one), '**'])
    expect(inText('a.txt', one)).toBe(true)
  })
})
