import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FirestoreMachine } from '../machine.ts';
import { v1 } from '../protos.ts';
import { Code } from '../status.ts';
import { SECOND } from '../time.ts';
import { toNumber } from '../values/numbers.ts';
import type { Input, Request } from '../machine.ts';

const DATABASE = 'projects/p/databases/(default)';
const names = ['a', 'b'].map((id) => `${DATABASE}/documents/counters/${id}`);

interface Client {
  transaction: Uint8Array | undefined;
  /** What it read of each document in this transaction. */
  readonly read: Map<string, number>;
  /** What it does when the answer comes; undefined while it waits for none. */
  waiting: ((answer: readonly Uint8Array[], code: number | undefined) => void) | undefined;
}

/** Clients that add one to what they read, each by its own transactions, in the order that a schedule says. */
class Race {
  readonly #machine: FirestoreMachine;
  readonly #clients: Client[];
  readonly #answers = new Map<number, Uint8Array[]>();
  readonly #owners = new Map<number, Client>();
  #now = 1_000_000n;
  #call = 0;
  commits = 0;
  /** With which codes transactions ended that did not commit. */
  readonly aborts: number[] = [];
  /** By document, what committed transactions added to it. */
  readonly added = new Map(names.map((name) => [name, 0]));

  constructor(concurrency: 'pessimistic' | 'optimistic', clients: number) {
    this.#machine = new FirestoreMachine({ indexes: undefined, concurrency }, this.#now);
    this.#clients = Array.from({ length: clients }, () => ({
      transaction: undefined,
      read: new Map(),
      waiting: undefined,
    }));
  }

  /** One client's next request: begin, read a document it has not read, or commit what it read plus one. */
  act(who: number, document: number): void {
    const client = this.#clients[who % this.#clients.length];
    const name = names[document % names.length];
    if (client === undefined || name === undefined || client.waiting !== undefined) return;
    if (client.transaction === undefined) this.#begin(client);
    else if (client.read.size === 0 || !client.read.has(name)) this.#read(client, client.transaction, name);
    else this.#commit(client, client.transaction);
  }

  pass(micros: number): void {
    this.#now += BigInt(micros);
    this.#step({ type: 'tick' });
  }

  /** Lets every client commit what it has begun; then nobody waits any more. */
  finish(): void {
    for (const [who, client] of this.#clients.entries()) {
      while (client.waiting === undefined && client.read.size > 0)
        this.act(who, names.indexOf([...client.read.keys()][0] ?? ''));
    }
    this.pass(11 * SECOND);
  }

  get waiting(): number {
    return this.#clients.filter(({ waiting }) => waiting !== undefined).length;
  }

  stored(name: string): number {
    let value = 0;
    const reader: Client = { transaction: undefined, read: new Map(), waiting: undefined };
    this.#request(reader, { method: 'BatchGetDocuments', request: { documents: [name] } }, (answer) => {
      value = countOf(answer);
    });
    return value;
  }

  #begin(client: Client): void {
    this.#request(
      client,
      { method: 'BeginTransaction', request: { options: { readWrite: {} } } },
      ([answer]) => {
        client.transaction = Buffer.from(
          v1.BeginTransactionResponse.decode(answer ?? new Uint8Array()).transaction,
        );
      },
    );
  }

  #read(client: Client, transaction: Uint8Array, name: string): void {
    this.#request(
      client,
      { method: 'BatchGetDocuments', request: { documents: [name], transaction } },
      (answer, code) => {
        if (code === undefined) client.read.set(name, countOf(answer));
        else this.#aborted(client, code);
      },
    );
  }

  #commit(client: Client, transaction: Uint8Array): void {
    const read = [...client.read];
    const writes = read.map(([name, n]) => ({ update: { name, fields: { n: { integerValue: n + 1 } } } }));
    this.#request(
      client,
      { method: 'Commit', request: { database: DATABASE, transaction, writes } },
      (_, code) => {
        if (code === undefined) {
          this.commits += 1;
          for (const [name] of read) this.added.set(name, (this.added.get(name) ?? 0) + 1);
          client.transaction = undefined;
          client.read.clear();
        } else {
          this.#aborted(client, code);
        }
      },
    );
  }

  #aborted(client: Client, code: number): void {
    this.aborts.push(code);
    client.transaction = undefined;
    client.read.clear();
  }

  #request(client: Client, request: Request, then: NonNullable<Client['waiting']>): void {
    this.#call += 1;
    client.waiting = then;
    this.#owners.set(this.#call, client);
    this.#step({ type: 'request', call: this.#call, bytes: 0, ...request });
  }

  #step(input: Input): void {
    this.#now += 1n;
    for (const output of this.#machine.step(input, this.#now).outputs) {
      if (output.type === 'commit') continue;
      const answer = this.#answers.get(output.call) ?? [];
      this.#answers.set(output.call, answer);
      if (output.type === 'message') {
        answer.push(output.bytes);
        continue;
      }
      const client = this.#owners.get(output.call);
      const then = client?.waiting;
      if (client !== undefined) client.waiting = undefined;
      then?.(answer, output.error?.code);
    }
  }
}

function countOf([answer]: readonly Uint8Array[]): number {
  const { found } = v1.BatchGetDocumentsResponse.decode(answer ?? new Uint8Array());
  return toNumber(found?.fields?.['n']?.integerValue ?? 0);
}

const schedules = fc.array(
  fc.record({ who: fc.nat(3), document: fc.nat(1), pauseSeconds: fc.constantFrom(0, 0, 0, 0, 3, 61) }),
  { maxLength: 60 },
);

describe.each(['pessimistic', 'optimistic'] as const)('%s transactions that contend', (concurrency) => {
  it('count every commit once, whatever the order of their requests', () => {
    fc.assert(
      fc.property(schedules, (schedule) => {
        const race = new Race(concurrency, 4);
        for (const { who, document, pauseSeconds } of schedule) {
          race.act(who, document);
          if (pauseSeconds > 0) race.pass(pauseSeconds * SECOND);
        }
        race.finish();
        expect(race.waiting).toBe(0);
        const expected: number[] = [Code.ABORTED, Code.INVALID_ARGUMENT];
        expect(race.aborts.filter((code) => !expected.includes(code))).toEqual([]);
        for (const name of names) expect(race.stored(name)).toBe(race.added.get(name));
      }),
    );
  });

  it.each([2, 3, 4])('of %d for one document one wins, and every other is told ABORTED', (clients) => {
    const race = new Race(concurrency, clients);
    for (let round = 0; round < 3; round += 1) for (let who = 0; who < clients; who += 1) race.act(who, 0);
    race.pass(11 * SECOND);
    expect(race.commits).toBe(1);
    expect(race.aborts).toEqual(Array.from({ length: clients - 1 }, () => Code.ABORTED));
    expect(race.waiting).toBe(0);
  });
});
