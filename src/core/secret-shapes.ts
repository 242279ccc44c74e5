/** What a provider gives out begins or is built in a way of its own; a match is a key, wherever it stands. */
export const KNOWN_KEYS: Readonly<Record<string, RegExp>> = {
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

/** Examples from the documentation of providers, which everybody copies; they open nothing. */
export const PUBLISHED =
  /A(?:KIA|SIA)[A-Z0-9]{9}EXAMPLE|[A-Za-z0-9+/]{29,33}EXAMPLEKEY|Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1[A-Za-z0-9+/]{54}==|eyJzdWIiOiIxMjM0NTY3ODkwI[A-Za-z0-9_-]{0,200}/g
