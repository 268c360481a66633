import { testServers } from '@myhotel/kit/testing/programs'
import { startSentinels } from '@myhotel/kit/testing/sentinels'
import { expect, test } from 'vitest'
import { withEnvironment } from '../system/os-process.ts'

test.runIf(process.platform === 'linux')(
  'whatever servers a test starts, a run finds them by its environment',
  { timeout: 400_000 },
  async () => {
    process.env.MYHOTEL_LEFT_BEHIND = String(process.pid)
    const servers = await testServers()
    try {
      await startSentinels(servers)
      const masterReplicasAndSentinels = 6
      expect(withEnvironment('MYHOTEL_LEFT_BEHIND', String(process.pid))).toHaveLength(
        masterReplicasAndSentinels,
      )
    } finally {
      await servers.stop()
    }
  },
)
