import { type Commit, type HistoryStreamDocument, type ScopeRef, paths } from '@bellwether/contracts';
import { eventually } from '@bellwether/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { commitOf, scopeCommitOf } from '../src/events/commit.fixture.ts';
import { countEvents } from '../src/index.ts';
import { System, eventRowsOf, refOf } from './system.ts';

describe('history of events', () => {
  let system: System;
  beforeEach(async () => {
    system = await System.start();
  });
  afterEach(async () => {
    await system.close();
  });

  async function untilCounted(count: number): Promise<void> {
    await eventually(async () => expect(await countEvents(system.cloud.bigquery)).toBe(count));
  }

  it('holds each event once, of commits that come in any order and twice', async () => {
    const history = await system.startHistory();
    const commits = ['ann', 'bob', 'eve'].flatMap((uid) => commitsOf(uid, 20));
    await system.writeJournal(commits);
    await system.publishCommits(commits.toReversed());
    await system.publishCommits(commits);
    await untilCounted(120);
    await history.close();
    expect(await system.events()).toEqual(commits.flatMap(eventRowsOf));
  });

  it('reads from the journal what no message brought', async () => {
    const history = await system.startHistory();
    const commits = commitsOf('ann', 10);
    await system.writeJournal(commits);
    await system.publishCommits(commits.filter(({ seq }) => seq === 4 || seq === 10));
    await untilCounted(20);
    await system.publishCommits(commits);
    await history.close();
    expect(await system.events()).toEqual(commits.flatMap(eventRowsOf));
  });

  it('appends at the start what the process before had noted and not appended', async () => {
    const commits = commitsOf('ann', 6);
    await system.writeJournal(commits);
    const first = await system.startHistory();
    await system.publishCommits(commits.slice(0, 2));
    await untilCounted(4);
    await first.close();
    await noteAsACrashedProcess(commits.slice(2, 4));
    const second = await system.startHistory();
    expect(await countEvents(system.cloud.bigquery)).toBe(8);
    await system.publishCommits(commits);
    await untilCounted(12);
    await second.close();
    expect(await system.events()).toEqual(commits.flatMap(eventRowsOf));
  });

  it('appends nothing twice when the process before had appended what it noted', async () => {
    const commits = commitsOf('ann', 4);
    await system.writeJournal(commits);
    const first = await system.startHistory();
    await system.publishCommits(commits);
    await untilCounted(8);
    await first.close();
    const second = await system.startHistory();
    await system.publishCommits(commits);
    await second.close();
    expect(await system.events()).toEqual(commits.flatMap(eventRowsOf));
  });

  it('lets two processes share the subscription', async () => {
    const histories = await Promise.all([system.startHistory(), system.startHistory()]);
    const commits = ['ann', 'bob'].flatMap((uid) => commitsOf(uid, 30));
    await system.writeJournal(commits);
    for (let at = 0; at < commits.length; at += 10) await system.publishCommits(commits.slice(at, at + 10));
    await untilCounted(120);
    await Promise.all(histories.map(async (history) => history.close()));
    expect(await system.events()).toEqual(commits.flatMap(eventRowsOf));
  });

  it('holds what happened to scopes, read from their journals where no message brought it', async () => {
    const scopes: ScopeRef[] = [
      { kind: 'system' },
      { kind: 'tenant', tenant: 'demo' },
      { kind: 'user', tenant: 'demo', uid: 'ann' },
    ];
    const commits = scopes.flatMap((scope) => [1, 2, 3, 4].map((seq) => scopeCommitOf(seq, scope)));
    await system.writeScopeJournal(commits);
    const first = await system.startHistory();
    await system.publishScopeCommits(commits.filter(({ seq }) => seq === 2));
    await untilCounted(6);
    await first.close();
    const second = await system.startHistory();
    await system.publishScopeCommits(commits.toReversed());
    await system.publishCommits([commitOf(1)]);
    await system.writeJournal([commitOf(1)]);
    await untilCounted(14);
    await second.close();
    expect((await system.events()).toSorted()).toEqual(
      [...commits, commitOf(1)].flatMap(eventRowsOf).toSorted(),
    );
    const [rows] = await system.cloud.bigquery.query(
      'SELECT scope, tenant, uid, account_id FROM bellwether.events WHERE seq = 1 AND event_index = 0 ORDER BY scope',
    );
    expect(rows).toEqual([
      { scope: null, tenant: 'demo', uid: 'ann', account_id: 'ann.main' },
      { scope: 'system', tenant: '', uid: '', account_id: '' },
      { scope: 'tenant:demo', tenant: 'demo', uid: '', account_id: '' },
      { scope: 'user:ann', tenant: 'demo', uid: 'ann', account_id: '' },
    ]);
  });

  it('adds the columns that a table of an earlier version lacks, and keeps its rows', async () => {
    const { bigquery } = system.cloud;
    const earlier = await system.startHistory();
    await system.writeJournal([commitOf(1)]);
    await system.publishCommits([commitOf(1)]);
    await untilCounted(2);
    await earlier.close();
    await bigquery.query('CREATE TABLE bellwether.before AS SELECT * EXCEPT (scope) FROM bellwether.events');
    await bigquery.query('DROP TABLE bellwether.events');
    await bigquery.query('CREATE TABLE bellwether.events AS SELECT * FROM bellwether.before');
    await system.cloud.firestore.doc(paths.historyStream('events')).delete();
    const later = await system.startHistory();
    const halt = scopeCommitOf(1, { kind: 'system' });
    await system.publishScopeCommits([halt]);
    await untilCounted(3);
    await later.close();
    expect(await system.events()).toEqual([halt, commitOf(1)].flatMap(eventRowsOf));
  });

  /** The one write that comes before an append, without the append. */
  async function noteAsACrashedProcess(commits: readonly Commit[]): Promise<void> {
    const { firestore } = system.cloud;
    const reference = firestore.doc(paths.historyStream('events'));
    const before = await reference.get();
    const note: Omit<HistoryStreamDocument, 'writeStream'> = {
      offset: Number(before.get('offset')) + Number(before.get('rows')),
      rows: commits.length * 2,
      commits: commits.map(({ tenant: tenantId, uid, accountId, seq }) => {
        return { tenantId, uid, accountId, seq, publishedAt: 1_700_000_000_000 };
      }),
    };
    const batch = firestore.batch();
    batch.update(reference, { ...note });
    for (const commit of commits)
      batch.set(firestore.doc(paths.historyProjection(refOf(commit))), { watermark: commit.seq });
    await batch.commit();
  }
});

function commitsOf(uid: string, count: number): Commit[] {
  return Array.from({ length: count }, (_, index) => commitOf(index + 1, uid));
}
