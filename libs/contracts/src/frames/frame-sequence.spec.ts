import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type FramePlace, FrameSequence, successor } from './frame-sequence.ts';

const place = (epoch: string, number: number, isLast = false): FramePlace => ({ epoch, number, isLast });
const name = ({ epoch, number }: FramePlace): string => `${epoch}/${number}`;

function offerAll(sequence: FrameSequence<string>, places: readonly FramePlace[]): string[] {
  return places.flatMap((each) => {
    const offer = sequence.offer(each, name(each));
    return offer.kind === 'accepted' ? offer.ready : [];
  });
}

describe('a sequence of frames', () => {
  it('comes out by number and epoch, once each, however frames are shuffled and repeated', () => {
    const published = [
      ...[1, 2, 3, 4].map((number) => place('t-1', number, number === 4)),
      ...[1, 2, 3].map((number) => place('t-2', number, number === 3)),
      place('t-3', 1, true),
    ];
    const shuffled = fc
      .tuple(
        fc.shuffledSubarray(published, { minLength: published.length }),
        fc.array(fc.constantFrom(...published)),
      )
      .map(([all, again]) => [...all, ...again]);
    fc.assert(
      fc.property(shuffled, (delivered) => {
        const sequence = new FrameSequence<string>(place('t-0', 9, true));
        expect(offerAll(sequence, delivered)).toEqual(published.map(name));
      }),
    );
  });

  it('waits for a missing frame and says which', () => {
    const sequence = new FrameSequence<string>();
    expect(offerAll(sequence, [place('t-1', 1), place('t-1', 3), place('t-1', 4)])).toEqual(['t-1/1']);
    expect([sequence.waiting, sequence.awaited]).toEqual([2, { epoch: 't-1', number: 2 }]);
    expect(offerAll(sequence, [place('t-1', 2)])).toEqual(['t-1/2', 't-1/3', 't-1/4']);
  });

  it('goes on after the frame that a checkpoint covers', () => {
    const sequence = new FrameSequence<string>(place('t-1', 2));
    expect(sequence.offer(place('t-1', 2), 't-1/2')).toEqual({ kind: 'duplicate' });
    expect(offerAll(sequence, [place('t-1', 4), place('t-1', 3)])).toEqual(['t-1/3', 't-1/4']);
  });

  it('starts the next epoch only when the one before has ended', () => {
    const sequence = new FrameSequence<string>(place('t-1', 1));
    expect(offerAll(sequence, [place('t-2', 1)])).toEqual([]);
    expect(offerAll(sequence, [place('t-1', 2, true)])).toEqual(['t-1/2', 't-2/1']);
  });

  it('does not jump over an epoch whose frames are still on their way', () => {
    const sequence = new FrameSequence<string>(place('t-1', 3, true));
    expect(offerAll(sequence, [place('t-3', 1)])).toEqual([]);
    expect(offerAll(sequence, [place('t-2', 1, true)])).toEqual(['t-2/1', 't-3/1']);
  });

  it('starts with the first of all epochs, even when frames of a later one come first', () => {
    const sequence = new FrameSequence<string>();
    expect(offerAll(sequence, [place('t-2', 1)])).toEqual([]);
    expect(offerAll(sequence, [place('t-1', 2, true), place('t-1', 1)])).toEqual(['t-1/1', 't-1/2', 't-2/1']);
  });

  it('starts in the middle when what was before is given up', () => {
    const sequence = new FrameSequence<string>();
    expect(offerAll(sequence, [place('t-7', 3), place('t-7', 2)])).toEqual([]);
    expect(sequence.awaited).toEqual({ epoch: 't-1', number: 1 });
    expect(sequence.giveUp()).toEqual(['t-7/2', 't-7/3']);
  });

  it.each([
    ['tape-0000000007', 'tape-0000000008'],
    ['tape-9', 'tape-10'],
    ['b2-0099', 'b2-0100'],
  ])('knows that %s is followed by %s', (epoch, next) => {
    expect(successor(epoch)).toBe(next);
  });

  it('gives up what never comes: a gap first, then the rest of an epoch', () => {
    const sequence = new FrameSequence<string>(place('t-1', 1));
    expect(offerAll(sequence, [place('t-1', 4), place('t-2', 1)])).toEqual([]);
    expect(sequence.giveUp()).toEqual(['t-1/4']);
    expect(sequence.giveUp()).toEqual(['t-2/1']);
    expect(offerAll(sequence, [place('t-1', 5)])).toEqual([]);
  });

  it('gives up one thing at a time: the first frame of the next epoch is still waited for', () => {
    const sequence = new FrameSequence<string>(place('t-1', 1));
    expect(offerAll(sequence, [place('t-2', 2)])).toEqual([]);
    expect(sequence.giveUp()).toEqual([]);
    expect(sequence.awaited).toEqual({ epoch: 't-2', number: 1 });
    expect(offerAll(sequence, [place('t-2', 1)])).toEqual(['t-2/1', 't-2/2']);
  });

  it('passes over epochs without frames, to the earliest that has some', () => {
    const sequence = new FrameSequence<string>(place('t-1', 1, true));
    expect(offerAll(sequence, [place('t-5', 1), place('t-4', 1, true)])).toEqual([]);
    expect(sequence.awaited).toEqual({ epoch: 't-2', number: 1 });
    expect(sequence.giveUp()).toEqual(['t-4/1', 't-5/1']);
  });

  it('goes on in the next epoch without its first frame when that is given up', () => {
    const sequence = new FrameSequence<string>(place('t-1', 1, true));
    expect(offerAll(sequence, [place('t-2', 2)])).toEqual([]);
    expect(sequence.giveUp()).toEqual(['t-2/2']);
  });
});
