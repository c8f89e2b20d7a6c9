/** A committed stream: rows become visible as they are appended, each offset once. */
export interface WriteStream {
  /** `projects/{p}/datasets/{d}/tables/{t}/streams/{s}`. */
  readonly name: string;
  /** Of the table that it writes. */
  readonly rowsId: number;
  /** Rows in the stream, and so the offset of the next. */
  readonly nextOffset: bigint;
  readonly isFinalized: boolean;
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
