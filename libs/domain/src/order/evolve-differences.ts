import type { Account } from '../account/account.ts';
import type { AccountConfigured, BrokerDifferenceFound, BrokerDifferenceSettled } from '../account/events.ts';
import { brokerOf, shadowBroker } from '../account/settings.ts';
import { noDifferences, subjectOf } from './broker-difference.ts';

/** What differs from the broker after an event: with the shadow broker nothing can. */
export function evolveDifferences(
  account: Account,
  event: BrokerDifferenceFound | BrokerDifferenceSettled | AccountConfigured,
): Account {
  const { brokerDifferences } = account;
  if (event.type === 'AccountConfigured')
    return brokerOf(account) === shadowBroker && brokerDifferences.length > 0
      ? { ...account, brokerDifferences: noDifferences }
      : account;
  const { difference } = event;
  const others = brokerDifferences.filter((each) => subjectOf(each) !== subjectOf(difference));
  const now = event.type === 'BrokerDifferenceFound' ? [difference] : [];
  return { ...account, brokerDifferences: [...others, ...now] };
}
