import { createHmac } from 'node:crypto'

export type Signer = (model: string, thinking: string) => string

export interface Signatures {
  readonly sign: Signer
  /** Which model signed this thinking; null if none did, or other words. */
  signedBy(thinking: string, signature: string): string | null
}

/** Signs thinking for the model that thought it, as the API does without saying how. */
export function createSignatures(secret: string): Signatures {
  const mac = (model: string, thinking: string): string =>
    createHmac('sha256', secret).update(`${model}\n${thinking}`).digest('base64url')
  return {
    sign: (model, thinking) => `${Buffer.from(model).toString('base64url')}.${mac(model, thinking)}`,
    signedBy: (thinking, signature) => {
      const [name = '', given] = signature.split('.')
      const model = Buffer.from(name, 'base64url').toString('utf8')
      return given === mac(model, thinking) ? model : null
    },
  }
}
