import type { AccountRef } from '@bellwether/contracts';
import type { TradingState } from '@bellwether/domain';
import { createLogger } from '@bellwether/observability';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ann, bob } from '../ticks/armed.builder.ts';
import { HaltWatch } from './halt-watch.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

const look = async (): Promise<void> => jest.advanceTimersByTimeAsync(2_000);

describe('the watch over halted accounts', () => {
  let waiting: AccountRef[];
  let halted: Set<string>;
  let reads: number;
  let resumed: string[];
  let isBroken: boolean;
  let watch: HaltWatch;

  beforeEach(() => {
    waiting = [];
    halted = new Set();
    reads = 0;
    resumed = [];
    isBroken = false;
    watch = new HaltWatch({
      waiting: () => waiting,
      readTrading: async (accounts) => {
        reads += 1;
        if (isBroken) throw new Error('unreachable');
        const states = new Map<string, TradingState>();
        for (const { accountId } of accounts)
          states.set(accountId, halted.has(accountId) ? 'halted' : 'active');
        return Promise.resolve(states);
      },
      onMayExecute: ({ accountId }) => resumed.push(accountId),
      logger,
    });
    jest.useFakeTimers();
    watch.start();
  });
  afterEach(async () => {
    await watch.close();
    jest.useRealTimers();
  });

  it('reads nothing while nothing waits', async () => {
    await look();
    expect(reads).toBe(0);
  });

  it('tells of those that are resumed, and only of those', async () => {
    waiting = [ann, bob];
    halted = new Set([ann.accountId]);
    await look();
    expect(resumed).toEqual([bob.accountId]);
  });

  it('takes an account for halted while it cannot be read', async () => {
    waiting = [ann];
    isBroken = true;
    await look();
    isBroken = false;
    expect(resumed).toEqual([]);
    await look();
    expect(resumed).toEqual([ann.accountId]);
  });
});
