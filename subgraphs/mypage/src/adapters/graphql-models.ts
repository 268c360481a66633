/** What the resolvers know of a page: whose it is. Everything else is read when it is asked for. */
export type GuestPageModel = { userId: string }
export type HostPageModel = { userId: string }
