import { paths } from '@bellwether/contracts';
import { type TestEmulators, startTestEmulators } from '@bellwether/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DocumentBatch, DocumentTooLargeError, isFailedPrecondition } from '../src/index.ts';

function channel(id: string): string {
  return paths.channel('acme', id);
}

describe('a batch of documents', () => {
  let cloud: TestEmulators;
  beforeAll(async () => {
    cloud = await startTestEmulators();
  });
  afterAll(async () => cloud.close());

  const batch = () => new DocumentBatch(cloud.firestore);
  const read = async (path: string) => (await cloud.firestore.doc(path).get()).data();

  it('applies all of its writes, each as it says', async () => {
    await batch().create(channel('a'), { n: 1, m: 1 }).create(channel('b'), { n: 1 }).commit();
    const pointer = paths.outboxPointer('ann.main', 1);
    await batch().create(pointer, { seq: 1 }).commit();
    const last = batch().update(channel('a'), { n: 2 }).set(channel('b'), { k: 1 }).delete(pointer);
    expect(last.paths).toEqual([channel('a'), channel('b'), pointer]);
    await last.commit();
    expect(await Promise.all([channel('a'), channel('b'), pointer].map(read))).toEqual([
      { n: 2, m: 1 },
      { k: 1 },
      undefined,
    ]);
  });

  it('updates a document only at the time that is given', async () => {
    const [first] = await batch().create(channel('timed'), { n: 1 }).commit();
    await batch().update(channel('timed'), { n: 2 }, first?.writeTime).commit();
    const outdated = batch().update(channel('timed'), { n: 3 }, first?.writeTime).commit();
    expect(await outdated.catch(isFailedPrecondition)).toBe(true);
    expect(await read(channel('timed'))).toEqual({ n: 2 });
  });

  it('takes nothing beyond the bounds of a collection', () => {
    const large = { text: 'x'.repeat(256 * 1024) };
    expect(() => batch().create(channel('x'), large)).toThrow(DocumentTooLargeError);
    expect(() => batch().set(channel('x'), large)).toThrow(DocumentTooLargeError);
    expect(() => batch().update(channel('x'), large)).toThrow(DocumentTooLargeError);
  });

  it('changes nothing that is immutable, and deletes nothing that is kept', () => {
    const entry = paths.ledgerEntry('acme', 'e');
    expect(() => batch().set(entry, {})).toThrow('is never changed');
    expect(() => batch().update(entry, {})).toThrow('is never changed');
    expect(() => batch().delete(entry)).toThrow('is kept for ever');
    expect(() => batch().delete(paths.tenant('acme'))).toThrow('is kept for ever');
  });
});
