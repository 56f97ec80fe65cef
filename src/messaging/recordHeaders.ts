/** Headers of a record as received: bytes by name, a list where a name occurs more than once. */
export type RecordHeaders = Record<string, Buffer | Buffer[]>;
