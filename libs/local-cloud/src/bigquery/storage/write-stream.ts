/** When rows become the table's: as they are appended, when the stream is committed, or as they are flushed. */
export type StreamType = 'COMMITTED' | 'PENDING' | 'BUFFERED';

/** A stream that takes each offset once. */
export interface WriteStream {
  /** `projects/{p}/datasets/{d}/tables/{t}/streams/{s}`. */
  readonly name: string;
  /** Of the table that it writes. */
  readonly rowsId: number;
  readonly type: StreamType;
  /** Names the rows that are not the table's yet; undefined for a committed stream. */
  readonly stageId: number | undefined;
  /** Rows in the stream, and so the offset of the next. */
  readonly nextOffset: bigint;
  /** Rows of a buffered stream that were flushed to the table. */
  readonly flushedRows: bigint;
  readonly isFinalized: boolean;
  /** When a pending stream became part of the table. */
  readonly committedMicros: bigint | undefined;
  readonly createdMicros: bigint;
}

/** google.rpc codes and StorageError codes of what an append can be refused for. */
export const refusals = {
  alreadyExists: { code: 6, storageError: 'OFFSET_ALREADY_EXISTS' },
  outOfRange: { code: 11, storageError: 'OFFSET_OUT_OF_RANGE' },
  finalized: { code: 3, storageError: 'STREAM_FINALIZED' },
  extraFields: { code: 3, storageError: 'SCHEMA_MISMATCH_EXTRA_FIELDS' },
  invalid: { code: 3, storageError: undefined },
} as const;

export interface Refusal {
  readonly code: number;
  readonly storageError: (typeof refusals)[keyof typeof refusals]['storageError'];
  readonly message: string;
}

/**
 * Where an append that asks for `requested` begins, or why it is refused: an offset behind the end was written
 * before, one beyond it would leave a gap. Without an offset rows go to the end.
 */
export function placeAppend(
  { name, isFinalized, nextOffset }: Pick<WriteStream, 'name' | 'isFinalized' | 'nextOffset'>,
  requested: bigint | undefined,
): { readonly offset: bigint } | { readonly refusal: Refusal } {
  const refuse = (kind: keyof typeof refusals, message: string) => ({
    refusal: { ...refusals[kind], message: `${message} Entity: ${name}` },
  });
  if (isFinalized) return refuse('finalized', 'The stream has been finalized.');
  if (requested === undefined || requested === nextOffset) return { offset: nextOffset };
  return requested < nextOffset
    ? refuse(
        'alreadyExists',
        `The offset is within stream, expected offset ${nextOffset}, received ${requested}`,
      )
    : refuse(
        'outOfRange',
        `The offset is beyond stream, expected offset ${nextOffset}, received ${requested}`,
      );
}

/** Why a pending stream cannot be committed: a StorageError code and its message; undefined when it can. */
export function commitRefusal(
  name: string,
  stream: Pick<WriteStream, 'type' | 'isFinalized' | 'committedMicros'> | undefined,
): CommitRefusal | undefined {
  const refuse = (code: CommitRefusal['code'], message: string): CommitRefusal => ({
    code,
    entity: name,
    errorMessage: `${message} Entity: ${name}`,
  });
  if (stream === undefined) return refuse('STREAM_NOT_FOUND', 'The stream was not found.');
  if (stream.type !== 'PENDING')
    return refuse('INVALID_STREAM_TYPE', `A stream of type ${stream.type} cannot be committed.`);
  if (stream.committedMicros !== undefined)
    return refuse('STREAM_ALREADY_COMMITTED', 'The stream has been committed before.');
  if (!stream.isFinalized)
    return refuse('INVALID_STREAM_STATE', 'The stream must be finalized before it is committed.');
  return undefined;
}

export interface CommitRefusal {
  readonly code:
    | 'STREAM_NOT_FOUND'
    | 'INVALID_STREAM_TYPE'
    | 'STREAM_ALREADY_COMMITTED'
    | 'INVALID_STREAM_STATE';
  readonly entity: string;
  readonly errorMessage: string;
}
