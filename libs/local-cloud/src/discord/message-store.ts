import { memoryLog, openDurableLog } from '../log/durable-log.ts';
import { apply } from './machine.ts';
import type { DiscordRecord, DiscordState } from './machine.ts';
import type { DiscordMessage } from './message.ts';

/** Makes the records of one server durable. */
export interface MessageStore {
  append(record: DiscordRecord): void;
  /** Resolves when everything appended so far is durable; rejects when it cannot be. */
  written(): Promise<void>;
  close(): Promise<void>;
}

const compactFromSuperseded = 10_000;

/** Brings the empty `state` to where the log in `dataDir` ends. Without a directory nothing is kept. */
export async function openMessageStore(
  state: DiscordState,
  dataDir: string | undefined,
): Promise<MessageStore> {
  const { log, snapshot, records } =
    dataDir === undefined
      ? { log: memoryLog(), snapshot: undefined, records: [] }
      : await openDurableLog(dataDir, 'discord');
  if (snapshot !== undefined) readSnapshot(state, snapshot);
  let superseded = 0;
  for (const bytes of records) {
    const record = decode<DiscordRecord>(bytes);
    apply(state, record);
    if (record.type !== 'posted') superseded += 1;
  }

  let lastWrite: Promise<void> = Promise.resolve();
  return {
    append(record) {
      lastWrite = log.append(encode(record));
      lastWrite.catch(() => undefined); // whoever awaits `written` learns of it
      if (record.type !== 'posted') superseded += 1;
      if (superseded < Math.max(compactFromSuperseded, state.messages.length)) return;
      superseded = 0;
      log.compact(writeSnapshot(state)).catch(() => undefined); // a log that failed rejects its next append
    },
    written: () => lastWrite,
    close: () => log.close(),
  };
}

/** Lines of JSON: the last id given, then the messages. */
function writeSnapshot({ lastId, messages }: DiscordState): Buffer {
  return Buffer.concat([
    Buffer.from(`"${lastId}"`),
    ...messages.flatMap((message) => [newLine, encode(message)]),
  ]);
}

function readSnapshot(state: DiscordState, bytes: Uint8Array): void {
  const [lastId, ...messages] = lines(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  for (const line of messages) apply(state, { type: 'posted', message: decode<DiscordMessage>(line) });
  state.lastId = BigInt(lastId === undefined ? 0 : decode<string>(lastId));
}

const newLine = Buffer.from('\n');

function* lines(bytes: Buffer): Generator<Buffer> {
  let start = 0;
  while (start <= bytes.length) {
    const end = bytes.indexOf(newLine, start);
    yield bytes.subarray(start, end === -1 ? bytes.length : end);
    if (end === -1) return;
    start = end + 1;
  }
}

function encode(value: DiscordRecord | DiscordMessage): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function decode<T>(bytes: Uint8Array): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the log holds only what `encode` wrote
  return JSON.parse(Buffer.from(bytes).toString('utf8')) as T;
}
