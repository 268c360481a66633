import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createChildren, freePorts } from '../measure/children.ts'
import type { Contender } from '../measure/rounds.ts'
import { type GatewayName, gateways } from './contenders.ts'
import { startIssuer } from './issuer.ts'
import { composeSupergraph, subgraphNames } from './supergraph.ts'

/** The subgraphs and the gateways over them, all running. */
export type Stage = {
  contenders: readonly Contender[]
  tokenOf(subject: string): Promise<string>
  /** How often subgraphs were asked so far. */
  fetches(): Promise<number>
  stop(): Promise<void>
}

export async function openStage(
  names: readonly GatewayName[],
  tell: (line: string) => void,
  profiles?: string,
): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'myhotel-bench-router-'))
  const children = createChildren(folder)
  const issuer = await startIssuer()
  const stop = async () => {
    await children.stop()
    issuer.stop()
    rmSync(folder, { recursive: true })
  }
  try {
    const ports = await freePorts(subgraphNames.length + names.length)
    const subgraphUrls = Object.fromEntries(
      subgraphNames.map((name, index) => [name, `http://127.0.0.1:${ports[index]}`]),
    )
    const subgraphs = subgraphNames.map((name, index) => {
      const program = join(import.meta.dirname, 'subgraphs/main.ts')
      return children.start(name, 'others', [process.execPath, program, name, String(ports[index])])
    })
    const supergraphFile = join(folder, 'supergraph.graphql')
    writeFileSync(supergraphFile, composeSupergraph(subgraphUrls))

    const contenders: Contender[] = []
    for (const [index, name] of names.entries()) {
      const port = ports[subgraphNames.length + index] ?? 0
      const around = { port, supergraphFile, subgraphUrls, issuerUrl: issuer.url, profiles, tell }
      const { command, env } = await gateways[name].launch(around)
      const gateway = children.start(name, 'measured', command, env)
      const url = `http://127.0.0.1:${port}/graphql`
      await children.ready(name, async () => (await ask(url, '{ __typename }')).includes('"Query"'))
      contenders.push({ name, url, pids: { gateway: [gateway], subgraphs } })
    }
    return {
      contenders,
      tokenOf: issuer.tokenOf,
      async fetches() {
        const counts = Object.values(subgraphUrls).map(async (url) => Number(await (await fetch(url)).text()))
        return (await Promise.all(counts)).reduce((total, count) => total + count, 0)
      },
      stop,
    }
  } catch (error) {
    await children.stop()
    issuer.stop()
    throw error
  }
}

/** The body of the answer to an operation. */
export async function ask(
  url: string,
  query: string,
  variables: object = {},
  token?: string,
): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify({ query, variables }),
  })
  return response.text()
}
