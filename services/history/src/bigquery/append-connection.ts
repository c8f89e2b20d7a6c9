import type { Logger } from '@bellwether/observability';
import type { protos } from '@google-cloud/bigquery-storage';

/**
 * What became of an append: its rows are now there; the stream has rows from this offset on already (all of
 * this append's, if it was one append before); or the stream ends before the offset and nothing was written.
 */
export type AppendOutcome = 'appended' | 'exists' | 'beyond';

/** Appends rows to one write stream. */
export interface Appender {
  /**
   * Sends in the order of calls, any number before the first answer. Resolves when BigQuery has decided; rejects
   * only after `close`.
   */
  append(offset: number, rows: Uint8Array[]): Promise<AppendOutcome>;
  /** Appends without an answer reject: their rows may be there or not. */
  close(): void;
}

/** The part of google-gax's `CancellableStream` that is used. */
export interface AppendCall {
  write(request: protos.google.cloud.bigquery.storage.v1.IAppendRowsRequest): unknown;
  end(): unknown;
  cancel(): void;
  on(event: 'data', listener: (answer: AppendAnswer) => void): unknown;
  on(event: 'error', listener: (error: CallError) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
}
type CallError = Error & { readonly code?: number };
type AppendAnswer = protos.google.cloud.bigquery.storage.v1.IAppendRowsResponse;

interface Pending {
  readonly offset: number;
  readonly rows: Uint8Array[];
  readonly resolve: (outcome: AppendOutcome) => void;
  readonly reject: (error: Error) => void;
}

const statusCodes = { alreadyExists: 6, outOfRange: 11 } as const;
const defaultBackoffMs = { first: 50, longest: 5_000 };

/**
 * One connection to one write stream, opened when there is something to send and again when it was lost. What
 * had no answer is then sent again, in order and unchanged: the offset makes that harmless. A failure that lasts
 * is tried without end and logged.
 */
export class AppendConnection implements Appender {
  readonly #open: () => AppendCall;
  readonly #writeStream: string;
  readonly #descriptor: protos.google.protobuf.IDescriptorProto;
  readonly #logger: Logger;
  readonly #backoffMs: typeof defaultBackoffMs;
  readonly #unanswered: Pending[] = [];
  #call: AppendCall | undefined;
  #hasSentSchema = false;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: {
    open: () => AppendCall;
    writeStream: string;
    descriptor: protos.google.protobuf.IDescriptorProto;
    logger: Logger;
    backoffMs?: typeof defaultBackoffMs;
  }) {
    this.#open = options.open;
    this.#writeStream = options.writeStream;
    this.#descriptor = options.descriptor;
    this.#logger = options.logger;
    this.#backoffMs = options.backoffMs ?? defaultBackoffMs;
  }

  async append(offset: number, rows: Uint8Array[]): Promise<AppendOutcome> {
    if (this.#isClosed) throw closed();
    return new Promise((resolve, reject) => {
      const pending = { offset, rows, resolve, reject };
      this.#unanswered.push(pending);
      if (this.#call !== undefined) this.#send(this.#call, pending);
      else if (this.#timer === undefined) this.#connect();
    });
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const call = this.#call;
    this.#call = undefined;
    if (this.#unanswered.length > 0) call?.cancel();
    else call?.end();
    for (const { reject } of this.#unanswered.splice(0)) reject(closed());
  }

  #connect(): void {
    this.#timer = undefined;
    const call = this.#open();
    this.#call = call;
    this.#hasSentSchema = false;
    call.on('data', (answer) => this.#answer(call, answer));
    call.on('error', (error) => this.#fail(call, error));
    call.on('end', () => this.#fail(call, new Error('the server ended the connection')));
    for (const pending of this.#unanswered) this.#send(call, pending);
  }

  /** The first request of a connection names the stream and the schema of its rows; the others need not. */
  #send(call: AppendCall, { offset, rows }: Pending): void {
    const isFirst = !this.#hasSentSchema;
    this.#hasSentSchema = true;
    const writerSchema = { protoDescriptor: this.#descriptor };
    call.write({
      ...(isFirst && { writeStream: this.#writeStream }),
      offset: { value: offset },
      protoRows: { ...(isFirst && { writerSchema }), rows: { serializedRows: rows } },
    });
  }

  /** Answers come in the order of requests. */
  #answer(call: AppendCall, answer: AppendAnswer): void {
    if (call !== this.#call) return;
    const { error, rowErrors } = answer;
    const outcome = error == null ? 'appended' : outcomeOf(error.code);
    if (outcome === undefined) {
      const rows = (rowErrors ?? []).slice(0, 3);
      this.#fail(call, new Error(`append refused: ${error?.message ?? ''}`, { cause: { error, rows } }));
      return;
    }
    this.#failures = 0;
    this.#unanswered.shift()?.resolve(outcome);
  }

  #fail(call: AppendCall, error: CallError): void {
    if (call !== this.#call) return;
    this.#call = undefined;
    call.cancel();
    const outcome = outcomeOf(error.code);
    if (outcome !== undefined) this.#unanswered.shift()?.resolve(outcome);
    if (this.#unanswered.length === 0) return; // it was idle: opened again when needed
    if (outcome !== undefined) {
      this.#connect();
      return;
    }
    const { first, longest } = this.#backoffMs;
    const waitMs = Math.min(longest, first * 2 ** this.#failures);
    this.#failures += 1;
    const unanswered = this.#unanswered.length;
    this.#logger.warn(
      { err: error, writeStream: this.#writeStream, unanswered, waitMs },
      'append failed; trying again',
    );
    this.#timer = setTimeout(() => this.#connect(), waitMs);
  }
}

function outcomeOf(code: unknown): AppendOutcome | undefined {
  if (code === statusCodes.alreadyExists) return 'exists';
  return code === statusCodes.outOfRange ? 'beyond' : undefined;
}

function closed(): Error {
  return new Error('the connection to BigQuery was closed');
}
