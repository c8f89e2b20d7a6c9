import type { Timestamp } from '@google-cloud/firestore';
import type { Client, Metadata } from '@grpc/grpc-js';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connections } from '../connections.ts';
import { isTransient } from '../errors.ts';
import { type DocumentList, encodeBatchGet } from './batch-get.ts';
import { type RangePage, encodeRangeQuery } from './range-query.ts';
import { type ReadAnswer, readBatchAnswer, readQueryAnswer } from './read-answer.ts';
import type { ReadDocument } from './read-document.ts';

const service = '/google.firestore.v1.Firestore';
const deadlineMs = 60_000;
const mostTries = 5;
const firstPauseMs = 100;

export interface ReadPage {
  readonly documents: readonly ReadDocument[];
  /** As of when they were read. */
  readonly readTime: Timestamp;
}

/**
 * Reads documents as bytes over connections of Google's generated client. Its handwritten client makes five objects of
 * every field; this makes the field alone. What fails is tried again a few times where that can help, as Google's client
 * does; then it rejects with the gRPC status as `code`.
 */
export class ReadChannel {
  readonly #connections: Connections;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  async range(page: RangePage): Promise<ReadPage> {
    return this.#ask('RunQuery', (database) => encodeRangeQuery(database, page), readQueryAnswer);
  }

  /** Those of the list that are there, in no order. */
  async list(documents: DocumentList): Promise<ReadPage> {
    return this.#ask('BatchGetDocuments', (database) => encodeBatchGet(database, documents), readBatchAnswer);
  }

  async close(): Promise<void> {
    await this.#connections.close();
  }

  async #ask(
    method: string,
    requestTo: (database: string) => Buffer,
    read: (message: Buffer) => ReadAnswer,
  ): Promise<ReadPage> {
    for (let tries = 1; ; tries += 1)
      try {
        return await this.#connections.use(async (client, database, metadata) =>
          answered(stream(client, `${service}/${method}`, requestTo(database), metadata), read),
        );
      } catch (error) {
        if (tries === mostTries || !isTransient(error)) throw error;
        await sleep(firstPauseMs * 2 ** (tries - 1));
      }
  }
}

function stream(client: Client, method: string, request: Buffer, metadata: Metadata) {
  const options = { deadline: Date.now() + deadlineMs };
  return client.makeServerStreamRequest(method, same, same, request, metadata, options);
}

async function answered(
  call: ReturnType<typeof stream>,
  read: (message: Buffer) => ReadAnswer,
): Promise<ReadPage> {
  return new Promise((resolve, reject) => {
    const documents: ReadDocument[] = [];
    let readTime: Timestamp | undefined;
    call.on('data', (message: Buffer) => {
      try {
        const answer = read(message);
        if (answer.document !== undefined) documents.push(answer.document);
        readTime = answer.readTime ?? readTime;
      } catch (error) {
        reject(error instanceof Error ? error : new Error('an answer cannot be read', { cause: error }));
        call.cancel();
      }
    });
    call.on('error', reject);
    call.on('end', () => {
      if (readTime === undefined) reject(new Error('documents were answered without their time'));
      else resolve({ documents, readTime });
    });
  });
}

const same = (bytes: Buffer): Buffer => bytes;
