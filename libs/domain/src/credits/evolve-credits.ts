import type { Account } from '../account/account.ts';
import type { CreditsEvent } from '../account/events.ts';

/** The account's credits after an event of them. */
export function evolveCredits(account: Account, event: CreditsEvent): Account {
  const { reserved } = account.credits;
  const { available } = event;
  switch (event.type) {
    case 'CreditsGranted':
    case 'CreditsReversed':
      return { ...account, credits: { available, reserved } };
    case 'CreditsReserved': {
      const { reservationId: id, amount } = event;
      return { ...account, credits: { available, reserved: { ...reserved, [id]: amount } } };
    }
    case 'CreditsSettled':
    case 'CreditsReleased': {
      const { reservationId: id } = event;
      if (id === undefined) return { ...account, credits: { available, reserved } };
      const { [id]: _over, ...rest } = reserved;
      return { ...account, credits: { available, reserved: rest } };
    }
  }
}
