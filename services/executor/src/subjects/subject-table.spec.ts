import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ann, openPosition } from '../ticks/armed.builder.ts';
import { type ArmedSubject, armedKey, watching } from '../ticks/fired.ts';
import { armedSubjectArb, idsOfSameHash } from './armed-subject.arbitrary.ts';
import { hashOfKey } from './hash-of-key.ts';
import { SubjectTable } from './subject-table.ts';

/** Few keys, so that each comes often; whatever is armed under them. */
const subjectArb = fc
  .tuple(armedSubjectArb, fc.option(fc.constantFrom(...idsOfSameHash, '\ufeffp', 'p', 'ä', 'Ã¤')))
  .map(([subject, id]) => {
    if (id === null) return subject;
    const lines = (subject.armed ?? []).map(({ armedFrom, line }, index) => ({
      id: `${index}`,
      armedFrom,
      line,
    }));
    const { symbol, version } = subject;
    return watching({ account: ann, kind: 'position', id, symbol, version }, lines);
  });
const stepArb = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('put' as const), subject: subjectArb }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), which: fc.nat() }) },
);

/** As many in each round, each under another key. */
function ofRound(round: number): ArmedSubject[] {
  return Array.from({ length: 3_000 }, (_, i) => openPosition({ id: `p${round}-${i}` }));
}

describe('a table of subjects', () => {
  it('holds what was put last under each key, in a row of its own, until it is removed', () => {
    fc.assert(
      fc.property(fc.array(stepArb, { maxLength: 100, size: 'max' }), (steps) => {
        const table = new SubjectTable(256);
        const held = new Map<string, { readonly subject: ArmedSubject; readonly row: number }>();
        for (const step of steps) {
          if (step.do === 'remove') {
            const gone = [...held.values()][step.which % Math.max(1, held.size)];
            if (gone === undefined) continue;
            table.remove(gone.row);
            held.delete(armedKey(gone.subject));
            expect(table.find(gone.subject)).toBeUndefined();
          } else {
            const { subject } = step;
            const known = table.find(subject);
            expect(known).toBe(held.get(armedKey(subject))?.row);
            const row = known ?? table.add(subject);
            if (known === undefined) table.noteLine(row, held.size);
            else table.change(known, subject);
            held.set(armedKey(subject), { subject, row });
          }
          expect(new Set([...held.values()].map(({ row }) => row)).size).toBe(held.size);
        }
        for (const { subject, row } of held.values()) {
          expect(table.find(subject)).toBe(row);
          expect(table.at(row)).toEqual(subject);
          expect(table.versionAt(row)).toBe(subject.version);
          expect(table.symbolAt(row)).toBe(subject.symbol);
        }
      }),
    );
  });

  it('tells keys apart that share their hash', () => {
    const [a, b] = idsOfSameHash.map((id) => openPosition({ id }));
    expect(hashOfKey(armedKey(a!))).toBe(hashOfKey(armedKey(b!)));
    const table = new SubjectTable();
    const row = table.add(a!);
    expect(table.find(b!)).toBeUndefined();
    const other = table.add(b!);
    expect([table.find(a!), table.find(b!)]).toEqual([row, other]);
    table.remove(row);
    expect([table.find(a!), table.find(b!)]).toEqual([undefined, other]);
  });

  it('remembers the first line of each, also when it changes', () => {
    const table = new SubjectTable();
    const row = table.add(openPosition());
    table.noteLine(row, 7);
    table.change(row, openPosition({ exits: { stopLoss: '90', takeProfit: '120' } }, 2));
    expect(table.lineAt(row)).toBe(7);
  });

  it('gives the rows and the memory of what is gone to others', () => {
    const table = new SubjectTable(1_024);
    let subjects = ofRound(0);
    for (const subject of subjects) table.add(subject);
    const { bytes } = table;
    for (let round = 1; round < 8; round += 1) {
      const next = ofRound(round);
      for (const [index, subject] of subjects.entries()) {
        table.remove(table.find(subject)!);
        table.add(next[index]!);
      }
      subjects = next;
    }
    expect(table.bytes).toBeLessThan(bytes * 1.5);
    for (const subject of subjects) expect(table.at(table.find(subject)!)).toEqual(subject);
  });
});
