import { type Account, AccountFold, evolve } from '@bellwether/domain';
import { strict as assert } from 'node:assert';
import { benchmark } from '../runner/benchmark.ts';
import { perSecond } from '../runner/timing.ts';
import { type Recovered, journalOf } from './journal.ts';

/** Their journals read alike: an event does not say of which account it is. */
const accounts = 100;
const eventsEach = 10_000;

export default benchmark({
  question: 'How fast are a million events of 100 accounts folded into their snapshots?',
  unit: 'events/s',
  target: { ratio: { atLeast: 3 }, value: { atLeast: 1_000_000 } },
  setup() {
    const recovered = journalOf({ open: 200, events: eventsEach });
    return {
      recovered,
      events: accounts * recovered.commits.reduce((sum, commit) => sum + commit.length, 0),
      texts: recovered.commits.map((commit) => JSON.stringify(commit)),
    };
  },
  check({ recovered, events, texts }) {
    assert.ok(events >= accounts * eventsEach);
    assert.deepEqual(
      texts.map((text): unknown => JSON.parse(text)),
      recovered.commits,
    );
    assert.deepEqual(fold(recovered), recovered.commits.flat().reduce(evolve, recovered.snapshot));
  },
  // What has to be done before anything can be folded that lies somewhere as text.
  baseline: async ({ texts, events }) =>
    perSecond(events, () => {
      let last: unknown;
      for (let account = 0; account < accounts; account += 1)
        for (const text of texts) last = JSON.parse(text);
      assert.ok(last);
    }),
  subject: async ({ recovered, events }) =>
    perSecond(events, () => {
      let last: Account | undefined;
      for (let account = 0; account < accounts; account += 1) last = fold(recovered);
      assert.ok(last);
    }),
});

function fold({ snapshot, commits }: Recovered): Account {
  const after = new AccountFold(snapshot);
  for (const commit of commits) after.apply(commit);
  return after.account;
}
