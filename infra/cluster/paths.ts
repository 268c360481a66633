import { homedir } from 'node:os'
import { join } from 'node:path'

/** All that the cluster ever writes is in here. */
export const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'myhotel-cluster')

/** What is kept from one start to the next, each under the versions that it was made of. */
export const PROGRAMS = join(CACHE, 'programs')
export const IMAGES = join(CACHE, 'images')

/** What exists only while a cluster does. */
export const RUN = join(CACHE, 'run')
export const PKI = join(RUN, 'pki')
export const LOGS = join(RUN, 'logs')
/** What the servers of the last cluster said. */
export const LAST_LOGS = join(CACHE, 'logs')

/** Where a machine of the cluster sees CACHE, whose own path may lie under a folder that it has for itself. */
export const INSIDE = '/run/myhotel-cluster'

/** Where a machine sees a file of CACHE. */
export const inside = (path: string): string => path.replace(CACHE, INSIDE)
