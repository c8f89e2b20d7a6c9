import { grantCredits, releaseCredits, reserveCredits, settleCredits } from '@bellwether/domain';
import type { CommandHandler } from './handler.ts';

export const grantCreditsHandler: CommandHandler<'GrantCredits'> = {
  decide: (account, { amount, actor, reason }) => grantCredits(account, { amount, actor, reason }),
};

export const reserveCreditsHandler: CommandHandler<'ReserveCredits'> = {
  decide: (account, { reservationId, amount, purpose }) =>
    reserveCredits(account, { reservationId, amount, purpose }),
};

export const settleCreditsHandler: CommandHandler<'SettleCredits'> = {
  decide: (account, { reservationId, amount, purpose }) =>
    settleCredits(account, { reservationId, amount, purpose }),
};

export const releaseCreditsHandler: CommandHandler<'ReleaseCredits'> = {
  decide: (account, { reservationId, purpose }) => releaseCredits(account, { reservationId, purpose }),
};
