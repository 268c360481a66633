import type { startSubgraph, TestCaller } from '@myhotel/kit/testing-subgraph'

const complaint =
  'complaint { id guestId text status filedAt closedAt closedBy resolution booking { id } room { id } }'
const refusal = '... on Refusal { code message } ... on InvalidInput { field }'
const unavailable = '... on ServiceUnavailable { retryAfterSeconds }'

const FILE = `mutation ($input: FileComplaintInput!) { result: fileComplaint(input: $input) {
  __typename ... on ComplaintFiled { ${complaint} } ${refusal} } }`
const CLOSE = `mutation ($complaintId: ID!, $resolution: String!) {
  result: closeComplaint(complaintId: $complaintId, resolution: $resolution) {
  __typename ... on ComplaintClosed { ${complaint} } ${refusal} } }`
const CANCEL = `mutation ($bookingId: ID!, $reason: String!, $complaintId: ID) {
  result: cancelBookingAsAgent(bookingId: $bookingId, reason: $reason, complaintId: $complaintId) {
  __typename ... on BookingCanceled { booking { id } } ${refusal} ${unavailable} } }`
const DELETE = `mutation ($roomId: ID!, $reason: String!) {
  result: deleteRoomAsAgent(roomId: $roomId, reason: $reason) {
  __typename ... on RoomDeleted { roomId } ${refusal} ${unavailable} } }`

type Ask = Awaited<ReturnType<typeof startSubgraph>>['ask']
type Result = { __typename: string; complaint: { id: string } & Record<string, unknown> }
type Page = { edges: { node: { id: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string } }

/** What clients of the service centre do, for tests: each answers its result with the answer's headers and errors. */
export function serviceCenterApi(ask: Ask) {
  async function mutate(mutation: string, args: object, caller?: TestCaller) {
    const answer = await ask<{ result: Result }>(mutation, args, caller)
    return { ...answer, result: answer.data?.result }
  }
  return {
    file: (input: object, caller?: TestCaller) => mutate(FILE, { input }, caller),
    close: (args: object, caller?: TestCaller) => mutate(CLOSE, { resolution: 'Done.', ...args }, caller),
    cancelAsAgent: (args: object, caller?: TestCaller) =>
      mutate(CANCEL, { reason: 'The guest is ill.', ...args }, caller),
    deleteAsAgent: (roomId: string, caller?: TestCaller) =>
      mutate(DELETE, { roomId, reason: 'Mould.' }, caller),

    /** One page of complaints; `args` as they stand in the query. */
    async list(args: string, caller?: TestCaller) {
      const text = `{ complaints(${args}) { edges { node { id } } pageInfo { hasNextPage endCursor } } }`
      const { data, errors } = await ask<{ complaints: Page }>(text, {}, caller)
      return {
        errors,
        ids: data?.complaints.edges.map(({ node }) => node.id),
        pageInfo: data?.complaints.pageInfo,
      }
    },
  }
}
