import { GraphQLError } from 'graphql'

/** A request that makes no sense where no result can say so; `field` names the argument that is at fault. */
export const badInput = (field: string, message: string) =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', field } })
