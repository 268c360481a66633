import { createECDH, randomBytes } from 'node:crypto'

function keyPair() {
  const keys = createECDH('prime256v1')
  keys.generateKeys()
  return { public: keys.getPublicKey('base64url'), private: keys.getPrivateKey('base64url') }
}

/** What switches app pushes on; nothing is sent to anybody. */
export function pushEnvironment(): Record<string, string> {
  const { public: publicKey, private: privateKey } = keyPair()
  return {
    VAPID_PUBLIC_KEY: publicKey,
    VAPID_PRIVATE_KEY: privateKey,
    VAPID_SUBJECT: 'mailto:operators@myhotel.example',
    PUSH_SERVICES: 'https://push.example',
  }
}

/** A browser's subscription, as GraphQL writes it. */
export function subscription(): string {
  const auth = randomBytes(16).toString('base64url')
  const endpoint = `https://push.example/${randomBytes(8).toString('hex')}`
  return `{ endpoint: "${endpoint}", p256dh: "${keyPair().public}", auth: "${auth}" }`
}
