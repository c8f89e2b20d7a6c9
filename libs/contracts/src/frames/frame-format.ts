import type { FrameInstrument } from './frame.ts';

export const magic = 0xb3;

/** Version 1 knows no mark prices, version 2 no changes of health. */
export const versions = { first: 1, withMarks: 2, withHealth: 3 };

export const kindCodes = ['trade', 'quote', 'mark'] as const satisfies readonly FrameInstrument['kind'][];

/** Thrown for bytes that are not a frame: the message never will be one, so it goes to quarantine. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}
