import { expect, test } from 'vitest'
import { publish, signing } from './publish.ts'

const image = 'registry.example/hotel/myhotel@sha256:0123'

test('an image is signed by its digest, and so is what it consists of', () => {
  expect(signing(image, 'myhotel.cdx.json', 'gcpkms://key')).toEqual([
    ['sign', '--yes', '--key', 'gcpkms://key', image],
    [
      'attest',
      '--yes',
      '--key',
      'gcpkms://key',
      '--type',
      'cyclonedx',
      '--predicate',
      'myhotel.cdx.json',
      image,
    ],
  ])
})

test('without a key, the identity of who runs it signs', () => {
  expect(signing(image, 'bom', 'keyless').flat()).not.toContain('--key')
})

test('what is not to be signed is only sent', async () => {
  const sent: string[][] = []
  const builder = {
    async push(...names: [string, string]) {
      sent.push(names)
      return 'sha256:0123'
    },
  }
  await publish('myhotel', '1.0.0', { registry: 'registry.example/hotel/', bom: 'bom', builder })
  expect(sent).toEqual([['myhotel:1.0.0', 'registry.example/hotel/myhotel:1.0.0']])
})
