import {
  defaultFieldResolver,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isObjectType,
  isScalarType,
  isUnionType,
} from 'graphql'
import { badInput } from './connection.ts'
import { scalars } from './scalars.ts'

/** Control characters but line breaks and tabs: PostgreSQL takes no NUL, and nobody means the others. */
const control = /[^\P{Cc}\n\r\t]/u

/** What no text of ours is longer than, in bytes of UTF-8; what a text is for sets a limit of its own in characters. */
const longestText = 64 * 1024

const flawOf = (text: string): string | undefined => {
  if (control.test(text)) return 'must not have control characters'
  if (!text.isWellFormed()) return 'must not have halves of characters'
  if (text.length > longestText / 3 && Buffer.byteLength(text) > longestText)
    return `must not be longer than ${longestText} bytes`
}

/**
 * Has every field of a schema refuse arguments with a string that is no text, wherever in them it is and whatever it is
 * for, before its resolver sees them. A result that can be InvalidInput says which field it is; where there is none,
 * an error BAD_USER_INPUT does. All other text is kept as it came: not normalised, for it may be compared with what
 * the client has.
 */
export function refuseWhatIsNoText(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) {
      if (!field.args.some((argument) => holdsText(argument.type))) continue
      const { resolve = defaultFieldResolver } = field
      const canSayWhat = hasInvalidInput(field.type)
      field.resolve = (source, args, context, info) => {
        const found = findFlaw(args)
        if (!found) return resolve(source, args, context, info)
        const { name, flaw } = found
        if (!canSayWhat) throw badInput(name, `${name} ${flaw}`)
        return { __typename: 'InvalidInput', code: 'INVALID_INPUT', message: `${name} ${flaw}`, field: name }
      }
    }
  }
}

/**
 * The first string that is no text in the arguments of a field, by the name of the input field that holds it. Goes
 * from one to the next instead of into each, for a client may nest what it sends as deeply as it likes.
 */
function findFlaw(args: object): { name: string; flaw: string } | undefined {
  const open: { name: string; value: unknown }[] = [{ name: '', value: args }]
  for (let next = open.pop(); next; next = open.pop()) {
    const { name, value } = next
    if (typeof value === 'string') {
      const flaw = flawOf(value)
      if (flaw) return { name, flaw }
    } else if (Array.isArray(value)) {
      for (const item of value) open.push({ name, value: item })
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) open.push({ name: key, value: inner })
    }
  }
}

const holdNoText = new Set(['Int', 'Float', 'Boolean', ...Object.keys(scalars)])

/** Whether a value of this type can hold a string that no scalar has looked at. */
function holdsText(type: GraphQLInputType, seen = new Set<string>()): boolean {
  const named = getNamedType(type)
  if (isScalarType(named)) return !holdNoText.has(named.name)
  if (!isInputObjectType(named) || seen.has(named.name)) return false
  seen.add(named.name)
  return Object.values(named.getFields()).some((field) => holdsText(field.type, seen))
}

function hasInvalidInput(type: GraphQLOutputType): boolean {
  const named = getNamedType(type)
  return isUnionType(named) && named.getTypes().some(({ name }) => name === 'InvalidInput')
}
