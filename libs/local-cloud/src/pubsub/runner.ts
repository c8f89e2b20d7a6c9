import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import type { CloudClock } from '../core/clock.ts';
import type { Meter } from '../core/meter.ts';
import type { DurableLog } from '../log/durable-log.ts';
import type { RecordBytes } from '../log/frames.ts';
import { step, wakeAt } from './machine.ts';
import type { CallInput, CallName, Input } from './machine.ts';
import type { Output } from './output.ts';
import { snapshotOf } from './state-snapshot.ts';
import type { PubSubState } from './state.ts';
import { unimplemented } from './status.ts';
import { v1 } from './wire.ts';
import type { Delivered } from './wire.ts';

/** Where what is decided for a consumer goes. */
export interface ConsumerSink {
  deliver(messages: readonly Delivered[]): void;
  /** Only for streams: a response without messages. */
  confirm?(response: google.pubsub.v1.IStreamingPullResponse): void;
  end(error: Error): void;
}

/** Node's timers hold no more. */
const longestTimeoutMs = 2 ** 31 - 1;

const compactAboveBytes = 64 * 1024 * 1024;

/**
 * Drives the machine: gives it the time, makes its records durable, wakes it when something is due.
 *
 * Nothing is told to anyone, by a reply or a delivery, before the publishes and changes that it may rest on are
 * durable; the reply to an acknowledgement also waits for its record. When the log fails, every consumer is ended
 * and every call rejects.
 */
export class Runner {
  /** Throws when the table of a BigQuery subscription cannot be written to. Without a BigQuery there is none. */
  checkExport: (config: google.pubsub.v1.IBigQueryConfig) => void = () => {
    throw unimplemented('A BigQuery subscription of a Pub/Sub that is alone');
  };
  readonly #followers: (() => void)[] = [];
  readonly #state: PubSubState;
  readonly #log: DurableLog;
  readonly #clock: CloudClock;
  readonly #meter: Meter;
  readonly #sinks = new Map<number, ConsumerSink>();
  #nextConsumer = 1;
  /** The newest record that has to be durable before anything is told; undefined when it is. */
  #barrier: Promise<void> | undefined;
  #untold = 0;
  #tick: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Infinity;
  #snapshotSize: number;
  #isCompacting = false;

  constructor(
    state: PubSubState,
    log: DurableLog,
    snapshotSize: number,
    { clock, meter }: { readonly clock: CloudClock; readonly meter: Meter },
  ) {
    this.#state = state;
    this.#log = log;
    this.#snapshotSize = snapshotSize;
    this.#clock = clock;
    this.#meter = meter;
    if (log.size > compactAboveBytes) this.#compact();
  }

  /** The answer to a request; rejects with a StatusError when it is refused. */
  async call<N extends CallName>(input: CallInput<N>): Promise<object> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every N is one, but the compiler does not distribute
    const call = input as CallInput<CallName>;
    const config = newExport(call);
    if (config) this.checkExport(config);
    const { reply, durable } = this.#run(call);
    await durable;
    if (reply === undefined) throw new Error(`${input.name} has no answer`);
    if ('error' in reply) throw reply.error;
    return reply.response;
  }

  /** Opens a stream or a Pull and returns its id. Refused, its sink is ended; a Pull ends with its first delivery. */
  open(
    input: OpenInput,
    sink: ConsumerSink,
  ): { readonly consumer: number; readonly response: object | undefined } {
    const consumer = this.#nextConsumer++;
    this.#sinks.set(consumer, input.type === 'pull' ? this.#once(consumer, sink) : sink);
    const { reply } = this.#run({ ...input, consumer });
    if (reply === undefined || 'response' in reply) return { consumer, response: reply?.response };
    this.#end(consumer, reply.error);
    return { consumer, response: undefined };
  }

  /** For an open consumer; a refusal ends it. */
  send(input: Input & { readonly consumer: number }): void {
    if (!this.#sinks.has(input.consumer)) return;
    if (input.type === 'close') this.#sinks.delete(input.consumer);
    const { reply } = this.#run(input);
    if (reply === undefined || 'response' in reply) return;
    this.#end(input.consumer, reply.error);
    this.#run({ type: 'close', consumer: input.consumer });
  }

  /** Calls when other subscriptions than before may push or export. */
  onConsumedChange(follow: () => void): void {
    this.#followers.push(follow);
  }

  /** Their configurations; one that is changed is another object. */
  subscriptions(): google.pubsub.v1.ISubscription[] {
    return [...this.#state.subscriptions.values()].map(({ config }) => config);
  }

  setExportState(subscription: string, state: google.pubsub.v1.BigQueryConfig.State): void {
    this.#run({ type: 'exported', subscription, state });
  }

  /** The definition of a revision of an Avro schema. */
  avroDefinition(schema: string, revision: string): string | undefined {
    const found = this.#state.schemas
      .get(schema)
      ?.revisions.find(({ revisionId }) => revisionId === revision);
    return found?.type === v1.Schema.Type.AVRO ? (found.definition ?? undefined) : undefined;
  }

  endConsumers(reason: Error): void {
    for (const consumer of this.#sinks.keys()) this.#end(consumer, reason);
  }

  /** Makes durable what was accepted; nothing may be asked afterwards. */
  async stop(): Promise<void> {
    clearImmediate(this.#tick);
    clearTimeout(this.#timer);
    this.#timerAt = -Infinity;
    await this.#log.close();
  }

  #run(input: Input): { readonly reply: Output['reply']; readonly durable: Promise<void> | undefined } {
    const output = step(this.#state, input, Number(this.#clock.nowMicros()));
    for (const record of output.records) this.#raiseBarrier(this.#append(record));
    let durable = this.#barrier;
    for (const record of output.settlements) durable = this.#append(record);
    if (this.#log.size > Math.max(compactAboveBytes, 2 * this.#snapshotSize)) this.#compact();
    this.#tell(output);
    if (output.confirmations.length > 0) void this.#confirm(output.confirmations, durable);
    for (const [what, amount] of Object.entries(output.counts)) {
      if (amount > 0) this.#meter.add('pubsub', what, amount);
    }
    this.#arm();
    if (output.isPushChanged) for (const follow of this.#followers) follow();
    return { reply: output.reply, durable };
  }

  #append(record: RecordBytes): Promise<void> {
    const durable = this.#log.append(record);
    durable.catch((error: unknown) => this.#fail(error));
    return durable;
  }

  #raiseBarrier(durable: Promise<void>): void {
    this.#barrier = durable;
    const lower = (): void => {
      if (this.#barrier === durable) this.#barrier = undefined;
    };
    durable.then(lower, lower);
  }

  /** Tells in the order of the steps. */
  #tell(output: Output): void {
    if (output.deliveries.length === 0 && output.ended.length === 0) return;
    if (this.#barrier === undefined && this.#untold === 0) this.#tellNow(output);
    else void this.#tellLater(output);
  }

  async #tellLater(output: Output): Promise<void> {
    this.#untold++;
    try {
      await this.#barrier;
    } catch {
      return; // every consumer is ended
    } finally {
      this.#untold--;
    }
    this.#tellNow(output);
  }

  #tellNow({ deliveries, ended }: Output): void {
    for (const { consumer, messages } of deliveries) {
      this.#meter.add('pubsub', 'deliveredMessages', messages.length);
      this.#sinks.get(consumer)?.deliver(messages);
    }
    for (const { consumer, error } of ended) this.#end(consumer, error);
  }

  async #confirm(confirmations: Output['confirmations'], durable: Promise<void> | undefined): Promise<void> {
    try {
      await durable;
    } catch {
      return; // every consumer is ended
    }
    for (const { consumer, response } of confirmations) this.#sinks.get(consumer)?.confirm?.(response);
  }

  #once(consumer: number, sink: ConsumerSink): ConsumerSink {
    return {
      deliver: (messages) => {
        this.#sinks.delete(consumer);
        sink.deliver(messages);
      },
      end: (error) => sink.end(error),
    };
  }

  #end(consumer: number, error: Error): void {
    const sink = this.#sinks.get(consumer);
    this.#sinks.delete(consumer);
    sink?.end(error);
  }

  #fail(error: unknown): void {
    this.endConsumers(new Error('the log cannot be written', { cause: error }));
  }

  #compact(): void {
    if (this.#isCompacting) return;
    this.#isCompacting = true;
    const snapshot = snapshotOf(this.#state);
    this.#snapshotSize = snapshot.size;
    this.#log
      .compact(snapshot)
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#isCompacting = false;
      });
  }

  /** Deliveries wait for the end of the event loop's turn, so that what came in together goes out together. */
  #arm(): void {
    const at = wakeAt(this.#state);
    if (at === 0) {
      this.#tick ??= setImmediate(() => {
        this.#tick = undefined;
        this.#run({ type: 'tick' });
      });
      return;
    }
    if (at >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    const delayMs = Math.ceil((at - this.#state.now) / 1000);
    this.#timer = setTimeout(
      () => {
        this.#timerAt = Infinity;
        this.#run({ type: 'tick' });
      },
      Math.min(delayMs, longestTimeoutMs),
    );
  }
}

/** The BigQuery table that a request names for a subscription. */
function newExport(input: CallInput<CallName>): google.pubsub.v1.IBigQueryConfig | null | undefined {
  if (input.name === 'CreateSubscription') return input.request.bigqueryConfig;
  if (input.name !== 'UpdateSubscription') return undefined;
  const isChanged = input.request.updateMask?.paths?.some((path) => path.startsWith('bigquery_config'));
  return isChanged ? input.request.subscription?.bigqueryConfig : undefined;
}

type OpenInput = Omit<Input & { type: 'open' }, 'consumer'> | Omit<Input & { type: 'pull' }, 'consumer'>;
