import type { Caller } from './identity.ts'

/** What a user may be; a user may be several. */
export type Role = 'guest' | 'host' | 'agent'

/** A kind of caller: everybody, whoever is signed in, users with a role, another service by its name. */
export type CallerWord = 'anyone' | 'user' | Role | `service ${string}`

/** What a user is to an object: `its guest`. Its meaning is one of the type's relations. */
export type RelationWord = `its ${string}`

export type Word = CallerWord | RelationWord

/** A signed-in user. */
export type User = Caller & { readonly subject: string }

/** Whether a user is to an object what the relation's word says. */
export type Relation = (object: never, user: User) => boolean

/**
 * Who may call a query or mutation. What does something to an object also says to which, by the object's `type` and
 * the path of its id among the arguments, and `by` whom only: all others are answered `Forbidden`.
 */
export type OperationRow =
  | readonly CallerWord[]
  | {
      readonly for: readonly CallerWord[]
      readonly to: { readonly type: string; readonly id: string }
      readonly by: readonly Word[]
    }

/**
 * Who sees an object of a type, wherever it appears: all others are given null, as if there were none. Whoever sees
 * it sees its `fields`; they are named, so that nobody adds one without looking here.
 */
export type ObjectRow<Field extends string = string> = {
  readonly seenBy: readonly Word[]
  readonly fields: readonly Field[]
  readonly relations?: Readonly<Record<RelationWord, Relation>>
}

/**
 * The policy table of a subgraph: a row for each query, each mutation, each entity, and each other type that is not
 * for everybody's eyes. `guarded` (access.ts) makes the checks from it, `accessMatrix` (testing) the test.
 */
export type Policy = {
  readonly Query?: Readonly<Record<string, OperationRow>>
  readonly Mutation?: Readonly<Record<string, OperationRow>>
  readonly objects: Readonly<Record<string, ObjectRow>>
}

type FieldsOf<Resolvers> = Exclude<keyof Resolvers, '__resolveReference' | '__isTypeOf'> & string

/** The policy that fits a subgraph's generated `Resolvers`: a query or mutation without a row is an error of types. */
export type PolicyOf<Resolvers> = {
  readonly [Root in Extract<keyof Resolvers, 'Query' | 'Mutation'>]: Readonly<
    Record<FieldsOf<NonNullable<Resolvers[Root]>>, OperationRow>
  >
} & {
  readonly objects: {
    readonly [Type in keyof Resolvers]?: ObjectRow<FieldsOf<NonNullable<Resolvers[Type]>>>
  }
}
