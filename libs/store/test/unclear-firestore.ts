import type { Timestamp, WriteBatch } from '@google-cloud/firestore';
import type { CommitWrites } from '../src/commits/commit-writes.ts';
import { StoreFirestore } from '../src/index.ts';
import type { DocumentList } from '../src/reads/batch-get.ts';
import type { ReadPage } from '../src/reads/read-channel.ts';

/** What happens to one commit on its way: `send` is the real one. */
export type Fault = <Answer>(send: () => Promise<Answer>) => Promise<Answer>;

/** An error as the client throws it, with its gRPC status code. */
export function grpcError(code: number): Error {
  return Object.assign(new Error(`status ${code}`), { code });
}

/** The commit is applied, and its answer is lost. */
export function appliedThen(code: number): Fault {
  return async (send) => {
    await send();
    throw grpcError(code);
  };
}

/** The commit never arrives. */
export function lostWith(code: number): Fault {
  return async () => Promise.reject(grpcError(code));
}

/** A client on a line that does to its next commits and reads what a spec has planned. */
export class UnclearFirestore extends StoreFirestore {
  readonly faults: Fault[] = [];
  /** So many reads of documents fail first. */
  readsThatFail = 0;
  commits = 0;

  override batch(): WriteBatch {
    const batch = super.batch();
    const send = batch.commit.bind(batch);
    batch.commit = async () => this.#over(send);
    return batch;
  }

  override async commitOnce(writes: CommitWrites): Promise<Timestamp> {
    return this.#over(async () => super.commitOnce(writes));
  }

  override async readList(documents: DocumentList): Promise<ReadPage> {
    if (this.readsThatFail === 0) return super.readList(documents);
    this.readsThatFail -= 1;
    throw grpcError(unavailable);
  }

  async #over<Answer>(send: () => Promise<Answer>): Promise<Answer> {
    this.commits += 1;
    const fault = this.faults.shift();
    return fault === undefined ? send() : fault(send);
  }
}

export const unavailable = 14;
