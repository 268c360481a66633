import { type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType } from 'graphql'

/**
 * Whether an object whose `__typename` is given is of the type `condition`. `unknown` is the answer for objects
 * that do not say what they are.
 */
export function createTypeCondition(schema: GraphQLSchema, condition: string, unknown: boolean) {
  const known = new Map<string, boolean>()
  const wanted = schema.getType(condition)

  function holds(typename: string): boolean {
    if (typename === condition) return true
    const type = schema.getType(typename)
    if (!isAbstractType(wanted) || !(isObjectType(type) || isInterfaceType(type))) return false
    return schema.isSubType(wanted, type)
  }

  return (typename: unknown): boolean => {
    if (!typename) return unknown
    const name = String(typename)
    let answer = known.get(name)
    if (answer === undefined) {
      answer = holds(name)
      if (schema.getType(name)) known.set(name, answer)
    }
    return answer
  }
}
