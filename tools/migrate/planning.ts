import { planning } from '@myhotel/kit/prisma'

/** Room has two pools: its role has what both say. Servicecenter's statements are planned as PostgreSQL likes. */
const others: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  room: planning.eachTime,
  servicecenter: {},
}

/** How the statements of a subgraph are planned (decision 20), where its role has to say so for want of options. */
export const planningOf = (name: string): Readonly<Record<string, string>> => others[name] ?? planning.byKeys
