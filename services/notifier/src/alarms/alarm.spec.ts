import type { AlarmDocument } from '@bellwether/contracts';
import { describe, expect, it } from '@jest/globals';
import { judgeAlarm } from './alarm.ts';

const told = (changes: Partial<AlarmDocument> = {}): AlarmDocument => ({
  isRaised: true,
  episode: 2,
  count: 5,
  changedAt: 1_000,
  ...changes,
});
const soon = 1_001;
const later = 1_000 + 600_000;

describe('what operators are told of an alarm', () => {
  it.each([
    ['nothing while all is well', undefined, { isRaised: false }, soon, undefined],
    ['that it is raised', undefined, { isRaised: true }, soon, ['AlarmRaised', 1, 0]],
    ['nothing while it stays raised', told(), { isRaised: true, count: 5 }, later, undefined],
    ['that it is over', told(), { isRaised: false }, soon, ['AlarmCleared', 2, 0]],
    ['that it is raised again', told({ isRaised: false }), { isRaised: true }, soon, ['AlarmRaised', 3, 0]],
    ['that it has grown', told(), { isRaised: true, count: 6 }, later, ['AlarmRaised', 3, 6]],
    ['nothing of growth that comes at once', told(), { isRaised: true, count: 9 }, soon, undefined],
    ['nothing of what became less', told(), { isRaised: true, count: 4 }, later, undefined],
  ] as const)('is %s', (_, before, reading, now, expected) => {
    const change = judgeAlarm(before, reading, now);
    expect(change && [change.kind, change.document.episode, change.document.count]).toEqual(expected);
    expect(change?.document.changedAt ?? now).toBe(now);
  });
});
