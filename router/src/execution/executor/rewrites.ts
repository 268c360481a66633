import type { FetchDataRewrite } from '@apollo/query-planner'
import type { GraphQLSchema } from 'graphql'
import { type Data, isObject } from './data.ts'
import { createTypeCondition } from './type-conditions.ts'

type Change = (value: unknown) => void

const onType = '... on '

/**
 * Compiles the changes that a plan makes to what it sends to a subgraph or was answered: a type's name that is
 * another one there, a field that had to be fetched under an alias.
 */
export function compileRewrites(schema: GraphQLSchema, rewrites: readonly FetchDataRewrite[] = []): Change {
  const changes = rewrites.map((rewrite) => at(schema, rewrite.path.slice(0, -1), changeOf(rewrite)))
  return (value) => {
    for (const change of changes) change(value)
  }
}

function changeOf(rewrite: FetchDataRewrite): (object: Data) => void {
  const name = String(rewrite.path.at(-1))
  if (rewrite.kind === 'ValueSetter') {
    return (object) => {
      object[name] = rewrite.setValueTo
    }
  }
  return (object) => {
    if (!Object.hasOwn(object, name) || object[name] === undefined) return
    object[rewrite.renameKeyTo] = object[name]
    object[name] = undefined
  }
}

/** Makes the change wherever the path leads, through lists as well. */
function at(schema: GraphQLSchema, path: readonly string[], change: (object: Data) => void): Change {
  const [first, ...rest] = path
  if (first === undefined) return eachObject(change)
  const next = at(schema, rest, change)
  if (!first.startsWith(onType)) return eachObject((object) => next(object[first]))
  const applies = createTypeCondition(schema, first.slice(onType.length), true)
  return eachObject((object) => {
    if (applies(object.__typename)) next(object)
  })
}

function eachObject(change: (object: Data) => void): Change {
  return function visit(value) {
    if (Array.isArray(value)) for (const item of value) visit(item)
    else if (isObject(value)) change(value)
  }
}
