/** Runs an act while nobody else has the ledgers of a host's folder open, and the folder's lock is held. */
export type Alone = <T>(act: () => T | Promise<T>) => Promise<T>
