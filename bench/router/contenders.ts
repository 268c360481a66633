import { join } from 'node:path'
import { createIdentity } from '@myhotel/kit/identity'
import { ROOT } from '../../tools/system/client.ts'
import { installed } from '../measure/install.ts'

/** The gateway to be measured and those that it is compared with, by the name that `--against` knows. */
export const gateways = {
  myhotel: { title: 'MyHotel router', launch: myhotel },
  stock: { title: 'stock ApolloGateway', launch: stock },
  hive: { title: 'Hive Gateway', launch: hive([]) },
  /** Only with `--sizes tiny`, and only when asked for: what is left to be gained. */
  forwarder: { title: 'no router: hands on what comes', launch: forwarder },
  'hive-rust': { title: 'Hive Gateway, Rust planner', launch: hive(['--hive-router-runtime']) },
} as const

export type GatewayName = keyof typeof gateways

/** Where a gateway finds what it works with. */
export type Surroundings = {
  port: number
  supergraphFile: string
  subgraphUrls: Readonly<Record<string, string>>
  issuerUrl: string
  /** A folder for what V8's profiler sees of our router, from start to end. */
  profiles?: string
  tell: (line: string) => void
}

/** How it is started. */
export type Launch = { command: string[]; env: NodeJS.ProcessEnv }

const production = { NODE_ENV: 'production' }

/** One client sends more here than any user may. It is counted as everywhere, and stays below this. */
const beyondReach = '1000000000'

/**
 * The router as it is deployed: it checks the token of every request, signs one of its own for each subgraph, counts
 * and logs every request. None of the others does any of this.
 */
async function myhotel(around: Surroundings): Promise<Launch> {
  const urls = Object.entries(around.subgraphUrls).map(([name, url]) => [`${name.toUpperCase()}_URL`, url])
  const { privateKey } = await createIdentity('router')
  return {
    command: [process.execPath, join(ROOT, 'router/src/main.ts')],
    env: {
      // Not production: there an issuer is believed by TLS only. The rest is as there.
      INTROSPECTION: 'false',
      PLAYGROUND: 'false',
      ...Object.fromEntries(urls),
      PORT: String(around.port),
      MANAGEMENT_PORT: '0',
      HOST: '127.0.0.1',
      SUPERGRAPH_FILE: around.supergraphFile,
      TOKEN_ISSUER: around.issuerUrl,
      IDENTITY_PRIVATE_KEY: JSON.stringify(privateKey),
      RATE_LIMIT_USER: beyondReach,
      RATE_LIMIT_ADDRESS: beyondReach,
      NODE_OPTIONS: `--disable-warning=ExperimentalWarning ${around.profiles ? `--cpu-prof --cpu-prof-dir=${around.profiles}` : ''}`,
    },
  }
}

async function stock({ port, supergraphFile }: Surroundings): Promise<Launch> {
  return {
    command: [process.execPath, join(import.meta.dirname, 'stock.ts'), String(port), supergraphFile],
    // What it reports to its makers would only fail here.
    env: { ...production, APOLLO_TELEMETRY_DISABLED: '1' },
  }
}

async function forwarder({ port, subgraphUrls }: Surroundings): Promise<Launch> {
  const program = join(import.meta.dirname, 'forwarder.ts')
  return {
    command: [process.execPath, program, String(port), subgraphUrls.guests ?? ''],
    env: production,
  }
}

function hive(options: string[]) {
  return async ({ port, supergraphFile, tell }: Surroundings): Promise<Launch> => {
    const modules = installed(
      { '@graphql-hive/gateway': '2.15.1', '@graphql-hive/router-runtime': '1.4.23' },
      tell,
    )
    const program = join(modules, '@graphql-hive/gateway/dist/bin.js')
    const place = ['--port', String(port), '--host', '127.0.0.1', '--fork', '1']
    const config = ['--config-path', join(import.meta.dirname, 'hive.config.ts')]
    return {
      command: [process.execPath, program, 'supergraph', supergraphFile, ...place, ...config, ...options],
      env: production,
    }
  }
}
