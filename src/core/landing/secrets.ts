import { matches } from '../plan/glob.ts'
import { sha256 } from '../text/digest.ts'
import { redactor } from '../text/redact.ts'

/** The result of searching a change for secrets. */
export interface SecretsFound {
  /** Files whose name or added content holds a secret. */
  paths: string[]
  /** Files that were too large to search. */
  unread: string[]
}

export interface SecretSearch {
  /** The job's own secrets. */
  own: readonly string[]
  /** Values that only look like secrets: globs of files, or `sha256:` and the hash of a value. */
  known: readonly string[]
  /** Maximum size of a searched file. */
  mostBytes(path: string): number
}

export interface SecretSeeker {
  /** Finds an own secret in any encoding that is redacted, a key of a known shape, or a value that looks like a secret. */
  inText(path: string, text: string): boolean
  /** The same in bytes decoded as latin1, without values that only look like a secret. */
  inBytes(path: string, bytes: string): boolean
  /** Maximum length of a match, in characters. */
  longest: number
}

/** Searches pieces of files independently, in linear time. */
export function secretSeeker(own: readonly string[], known: readonly string[] = []): SecretSeeker {
  const hashes = new Set(known.filter(isHash).map((hash) => hash.slice(HASH.length).toLowerCase()))
  const globs = known.filter((entry) => !isHash(entry))
  const isKnown: IsKnown = hashes.size === 0 ? nothingKnown : (value) => hashes.has(sha256(value))
  const ownValues = own.filter((secret) => secret !== '').flatMap((secret) => [...new Set([secret, latin1Of(secret)])])
  const hide = redactor(ownValues)
  const hidden = (text: string) => hide(text) !== text
  return {
    inText: (path, text) =>
      ownValues.some((secret) => text.includes(secret)) ||
      hidden(text) ||
      (!matches(globs, path) && secretIn(path, text, isKnown) !== null),
    inBytes: (path, bytes) =>
      [bytes, bytes.replaceAll('\0', '')].some(
        (each) => hidden(each) || (!matches(globs, path) && knownKeyIn(each, isKnown) !== null),
      ),
    longest: LONGEST_SHAPE + MOST_ESCAPED * Math.max(0, ...ownValues.map((secret) => secret.length)),
  }
}

const HASH = 'sha256:'
const isHash = (entry: string): boolean => entry.startsWith(HASH)

type IsKnown = (value: string) => boolean
const nothingKnown: IsKnown = () => false

const latin1Of = (text: string): string => Buffer.from(text).toString('latin1')
/** Length of a JSON Web Token. */
const LONGEST_SHAPE = 16_384
/** Growth of a secret by nested encodings, such as `\\u0041` in JSON for each character, and by line breaks. */
const MOST_ESCAPED = 8

function knownKeyIn(text: string, isKnown: IsKnown): string | null {
  const real = text.replace(PUBLISHED, '')
  return Object.entries(KNOWN_KEYS).find(([, shape]) => hasUnknown(real, shape, isKnown))?.[0] ?? null
}

/** Whether the shape is found in a value that is not known. A shape may be the beginning of a value only. */
function hasUnknown(text: string, shape: RegExp, isKnown: IsKnown): boolean {
  if (!shape.test(text)) return false
  if (isKnown === nothingKnown) return true
  return [...text.matchAll(new RegExp(shape.source, `${shape.flags}g`))].some(({ 0: found, index }) => {
    const rest = /^[A-Za-z0-9+/=_-]{0,4000}/.exec(text.slice(index + found.length))?.[0] ?? ''
    return !isKnown(found) && !isKnown(found + rest)
  })
}

/** The header of a private key is alike in every file, and says nothing of the key. */
export const isKeyHeader = (line: string): boolean => KNOWN_KEYS['private key']?.test(line) ?? false

/**
 * The kind of secret in the text, or null. In tests, examples and docs, which hold invented tokens, only known shapes
 * count.
 */
export function secretIn(path: string, text: string, isKnown: IsKnown = nothingKnown): string | null {
  const known = knownKeyIn(text, isKnown)
  if (known !== null) return known
  const real = text.replace(PUBLISHED, '')
  if (TEST_OR_DOC.test(path)) return null
  const isSecret = (value: string) => looksRandom(value) && !isKnown(value)
  if (hasUnknown(real, TOKEN, isKnown)) return 'JSON Web Token'
  if (valuesIn(real, PASSWORD_IN_URL).some(isSecret)) return 'password in a URL'
  if (GENERATED.test(path)) return null
  return [...valuesIn(real, ASSIGNED), ...valuesIn(real, SET_IN_LINE)].some(isSecret) ? 'value of a secret name' : null
}

const TEST_OR_DOC =
  /(?:^|\/)(?:__tests__|__mocks__|__fixtures__|tests?|specs?|e2e|fixtures?|testdata|examples?|docs?)\/|[._-](?:test|spec|snap|fixture|example|sample|template)(?:\.|$)|(?:^|\/)test_[^/]*$|\.(?:md|mdx|rst|adoc)$/i
const GENERATED =
  /(?:^|\/)(?:[^/]*[.-]lock(?:\.json|\.yaml|b)?|npm-shrinkwrap\.json|go\.sum)$|\.min\.(?:js|css)$|\.map$/i

/** Three parts, the first two JSON. Must start at a word, so that the match takes linear time. */
const TOKEN = /(?<![A-Za-z0-9+/_-])eyJ[A-Za-z0-9_-]{10,4000}\.eyJ[A-Za-z0-9_-]{10,8000}\.[A-Za-z0-9_-]{20}/
const PASSWORD_IN_URL = /:\/\/[^\s:@/"'`]{1,64}:([^\s:@/"'`]{8,128})@/g
const NAMES =
  'passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|account[_-]?key|auth[_-]?key|private[_-]?key|credentials?'
const ASSIGNED = new RegExp(
  `(?:${NAMES})[A-Za-z0-9_-]{0,40}["'\`]?\\s{0,5}(?:=>|:=|[:=])\\s{0,5}["'\`]([^\\s"'\`|,;\\\\]{16,200})["'\`]`,
  'gi',
)
/** `.env`, properties, YAML: the rest of the line as value, but nothing that could be code. */
const SET_IN_LINE = new RegExp(
  `^[ \\t]{0,20}(?:export )?[\\w.-]{0,60}?(?:${NAMES})[\\w.-]{0,40}[ \\t]{0,5}[:=][ \\t]{0,5}([A-Za-z0-9+/_=-]{20,200})[ \\t\\r]{0,5}$`,
  'gim',
)

const valuesIn = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].flatMap(([, value]) => (value === undefined ? [] : [value]))

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const DIGEST = /^(?:sha(?:1|256|384|512)|md5)[-:]/i
/** Templates, addresses, paths, and placeholder values. */
const PLACEHOLDER =
  /[<>{}$()[\]]|:\/\/|^[./~]|example|sample|dummy|fake|mock|test|place.?holder|change.?me|replace|your|insert|redacted|todo|secret|passw|token|hunter2|qwerty|letmein|correct.?horse|lorem|abc.?123|abcdef|12345|x{4}|\*{3}|\.{3}/i
/** Bits per character: words have fewer; 32 random hexadecimal digits have about 3.5. */
const ENTROPY = { hex: 3, any: 3.5 } as const

/** Whether a value looks random. */
function looksRandom(value: string): boolean {
  if (UUID.test(value) || DIGEST.test(value) || PLACEHOLDER.test(value)) return false
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value) || looksLikeWords(value)) return false
  return entropy(value) >= (/^[0-9a-f]+$/i.test(value) || value.length < 16 ? ENTROPY.hex : ENTROPY.any)
}

/** `reset-link-v2`, `errors.auth.404`, `useBase64Values`: random values rarely have such long runs of letters or digits. */
function looksLikeWords(value: string): boolean {
  const runs = value.match(/[A-Z]?[a-z]+|[A-Z]+|\d+/g) ?? []
  return runs.join('').length / runs.length >= 3.5
}

/** Shannon entropy of its characters, in bits per character. */
function entropy(value: string): number {
  const counts = new Map<string, number>()
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1)
  return [...counts.values()].reduce((sum, count) => sum - (count / value.length) * Math.log2(count / value.length), 0)
}

/** Keys of providers have a distinct prefix or structure; a match counts in any file. */
const KNOWN_KEYS: Readonly<Record<string, RegExp>> = {
  GitHub: /(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9_]{36}|github_pat_[A-Za-z0-9_]{60})/,
  Anthropic: /(?<![A-Za-z0-9])sk-ant-[A-Za-z0-9_-]{20}/,
  OpenAI:
    /(?<![A-Za-z0-9_-])sk-(?:(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40}|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}|[A-Za-z0-9]{48}(?![A-Za-z0-9]))/,
  'AWS access key': /(?<![A-Za-z0-9+/_-])A(?:KIA|SIA)[A-Z0-9]{16}(?![A-Za-z0-9+/_-])/,
  'AWS secret key': /secret_?access_?key["'\s:=>]{1,10}[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=])/i,
  'Google API key': /(?<![A-Za-z0-9+/_-])AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/,
  'Google OAuth': /(?<![A-Za-z0-9+/_-])(?:GOCSPX-[A-Za-z0-9_-]{28}|ya29\.[A-Za-z0-9_-]{30})/,
  'Google service account': /"private_key_id"\s{0,5}:\s{0,5}"[0-9a-f]{40}"/,
  Slack: /(?<![A-Za-z0-9])(?:xox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9-]{20}|xapp-\d-[A-Za-z0-9-]{20})/,
  'Slack webhook':
    /hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Z0-9]{8,16}\/[A-Za-z0-9]{8,24}\/[A-Za-z0-9]{20}/,
  'Discord webhook': /discord(?:app)?\.com\/api\/webhooks\/\d{17,20}\/[A-Za-z0-9_-]{60}/,
  Stripe: /(?<![A-Za-z0-9])(?:[rs]k_(?:live|test)_[A-Za-z0-9]{24}|whsec_[A-Za-z0-9+/]{32})/,
  npm: /(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])|_authToken\s{0,3}=\s{0,3}"?[A-Za-z0-9+/=_-]{20}/,
  PyPI: /(?<![A-Za-z0-9])pypi-Ag(?:EIcHlwaS5vcmc|ENdGVzdC5weXBpLm9yZw)[A-Za-z0-9_-]{50}/,
  GitLab: /(?<![A-Za-z0-9])gl(?:pat|dt|rt|cbt|ptt|ft|soat|oas)-(?=[a-z_-]{0,19}[A-Z0-9])[A-Za-z0-9_-]{20}/,
  'Azure storage': /(?:AccountKey|SharedAccessKey)=(?:[A-Za-z0-9+/]{86}==|[A-Za-z0-9+/]{43}=)/,
  Twilio: /(?<![A-Za-z0-9+/_-])SK[0-9a-f]{32}(?![A-Za-z0-9+/_-])/,
  SendGrid: /(?<![A-Za-z0-9])SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}/,
  'Hugging Face': /(?<![A-Za-z0-9+/_-])hf_[A-Za-z]{34}(?![A-Za-z0-9+/_-])/,
  DigitalOcean: /(?<![A-Za-z0-9])do[opr]_v1_[a-f0-9]{64}/,
  Docker: /(?<![A-Za-z0-9])dckr_(?:pat|oat)_[A-Za-z0-9_-]{27}/,
  Shopify: /(?<![A-Za-z0-9])shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}/,
  Vault: /(?<![A-Za-z0-9])hv[sb]\.[A-Za-z0-9_-]{24}/,
  Telegram: /(?<![A-Za-z0-9+/_-])\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])/,
  age: /(?<![A-Za-z0-9])AGE-SECRET-KEY-1[A-Z0-9]{58}/,
  'private key': /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d:/,
}

/** Widely copied examples from the documentation of providers; they are no valid keys. */
const PUBLISHED =
  /A(?:KIA|SIA)[A-Z0-9]{9}EXAMPLE|[A-Za-z0-9+/]{29,33}EXAMPLEKEY|Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1[A-Za-z0-9+/]{54}==|eyJzdWIiOiIxMjM0NTY3ODkwI[A-Za-z0-9_-]{0,200}/g
