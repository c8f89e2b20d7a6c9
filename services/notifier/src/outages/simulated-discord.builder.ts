import type { HttpRequest, HttpResult } from '../http/send-http.ts';

interface Standing {
  readonly id: string;
  readonly timestamp: string;
  readonly at: number;
  readonly nonce: string | undefined;
  readonly content: string;
  readonly embeds: readonly { readonly footer: { readonly text: string } }[];
}

/** How long it knows a nonce; Discord says "the past few minutes". */
const nonceKnownMs = 120_000;
/** How long after its sender gave up a request may land. */
const latestLandingMs = 30_000;
const timeoutMs = 10_000;
const epochMs = 1_420_070_400_000n;

/**
 * A Discord in a world of its own time, for specs: one request in ten is answered late, wrongly or not at all, and what is
 * not answered may land up to half a minute later.
 */
export class SimulatedDiscord {
  now = 1_795_252_620_000;
  readonly messages: Standing[] = [];
  readonly #byNonce = new Map<string, Standing>();
  /** Requests that may have landed without an answer that says so. */
  ambiguous = 0;
  #kill: (() => void) | undefined;
  #late: { readonly at: number; readonly land: () => void }[] = [];
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = randomOf(seed);
  }

  get random(): number {
    return this.#random();
  }

  /** The next message is cut off by the end of its sender, which learns nothing. Resolves when it is. */
  async killNext(): Promise<void> {
    return new Promise((resolve) => {
      this.#kill = resolve;
    });
  }

  killNone(): void {
    this.#kill = undefined;
  }

  pass(milliseconds: number): void {
    this.now += milliseconds;
    const due = this.#late.filter(({ at }) => at <= this.now).toSorted((a, b) => a.at - b.at);
    this.#late = this.#late.filter(({ at }) => at > this.now);
    for (const { land } of due) land();
  }

  async answer({ method, url, body = '{}' }: HttpRequest<string | FormData>): Promise<HttpResult> {
    this.pass(20 + this.random * 80);
    if (method === 'GET') return this.#list(url);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what clients write
    const message = JSON.parse(typeof body === 'string' ? body : '{}') as Pick<
      Standing,
      'nonce' | 'content' | 'embeds'
    >;
    if (this.#kill !== undefined) {
      this.#kill();
      this.#kill = undefined;
      this.#landsLate(message);
      return new Promise<never>(() => undefined);
    }
    const fate = this.random;
    if (fate < 0.9) return this.#taken(message);
    if (fate < 0.92) return this.#limited(0.5);
    if (fate < 0.925) return this.#limited(1_300);
    if (fate < 0.935) return { kind: 'failed', reason: 'ECONNREFUSED', mayHaveArrived: false };
    this.ambiguous += 1;
    if (fate < 0.95) return answered(503, {});
    if (fate < 0.965) {
      this.#land(message, this.now);
      return answered(502, {});
    }
    this.#landsLate(message);
    this.pass(timeoutMs);
    return { kind: 'failed', reason: 'TimeoutError', mayHaveArrived: true };
  }

  #taken(message: Pick<Standing, 'nonce' | 'content' | 'embeds'>): HttpResult {
    return answered(200, this.#land(message, this.now));
  }

  #landsLate(message: Pick<Standing, 'nonce' | 'content' | 'embeds'>): void {
    const at = this.now + this.random * latestLandingMs;
    if (this.random < 0.7) this.#late.push({ at, land: () => this.#land(message, at) });
  }

  #land({ nonce, content, embeds }: Pick<Standing, 'nonce' | 'content' | 'embeds'>, at: number): Standing {
    const known = nonce === undefined ? undefined : this.#byNonce.get(nonce);
    if (known !== undefined && at - known.at < nonceKnownMs) return known;
    const id = String((BigInt(Math.floor(at)) - epochMs) * 4_194_304n + BigInt(this.messages.length));
    const footers = embeds.map(({ footer: { text } }) => ({ footer: { text } }));
    const timestamp = new Date(at).toISOString();
    const message = { id, timestamp, at, nonce, content, embeds: footers };
    this.messages.push(message);
    if (nonce !== undefined) this.#byNonce.set(nonce, message);
    return message;
  }

  #list(url: string): HttpResult {
    if (this.random < 0.1) return answered(500, {});
    const after = BigInt(new URL(url).searchParams.get('after') ?? '0');
    const first = this.messages.findLastIndex(({ id }) => BigInt(id) <= after) + 1;
    const found = this.messages.slice(first, first + 100);
    return answered(200, found.toReversed());
  }

  #limited(seconds: number): HttpResult {
    return answered(429, { retry_after: seconds, global: false });
  }
}

function answered(status: number, body: object): HttpResult {
  return { kind: 'answered', answer: { status, header: () => undefined, body: JSON.stringify(body) } };
}

/** Mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
