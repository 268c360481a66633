import type { Refusal, RefusalOf } from '../domain/refusal.ts'

const typeNames = {
  INVALID_INPUT: 'InvalidInput',
  NOT_FOUND: 'NotFound',
  FORBIDDEN: 'Forbidden',
  NOT_CANCELABLE: 'NotCancelable',
  UPCOMING_BOOKINGS: 'UpcomingBookings',
  SERVICE_UNAVAILABLE: 'ServiceUnavailable',
} as const satisfies Record<Refusal['code'], string>

type TypeNames = typeof typeNames
type Code = keyof TypeNames
type CodeOf<Name> = { [Each in Code]: TypeNames[Each] extends Name ? Each : never }[Code]
type Told<Each> = Each extends Refusal ? Each & { __typename: TypeNames[Each['code']] } : never

/** A refusal as the API gives it: with the name of its type. */
export function told<Each extends Refusal>(refusal: Each): Told<Each> {
  return { ...refusal, __typename: typeNames[refusal.code] } as Told<Each>
}

/** A refusal of another subgraph's API, which uses the same types, as the domain knows it. */
export function heard<Name extends TypeNames[Code]>(answer: {
  __typename: Name
  message: string
}): RefusalOf<CodeOf<Name>> {
  const { __typename, ...refusal } = answer
  const code = (Object.keys(typeNames) as Code[]).find((each) => typeNames[each] === __typename)
  if (!code) throw new Error(`an answer of a type that is not known: ${__typename}`)
  return { ...refusal, code } as RefusalOf<CodeOf<Name>>
}
