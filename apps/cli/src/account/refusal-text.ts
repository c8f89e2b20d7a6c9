/** Why a command was not done, as executors answer. */
interface Refused {
  readonly reason: string;
  readonly detail?: string;
}

/** A refusal with its details, and what to do about it where that is not plain. */
export function refusalText(
  { reason, detail = '' }: Refused,
  account: { readonly tenant: string; readonly accountId: string },
): string {
  const said = [detail, remedyFor(reason, account)].filter((part) => part !== '').join('; ');
  return said === '' ? reason : `${reason}: ${said}`;
}

function remedyFor(
  reason: string,
  { tenant, accountId }: { readonly tenant: string; readonly accountId: string },
): string {
  switch (reason) {
    case 'NO_ACCOUNT':
      return (
        `\`bellwether account list --tenant ${tenant}\` tells which accounts ${tenant} has, ` +
        `\`bellwether command send OpenAccount --tenant ${tenant} --account ${accountId}\` opens this one`
      );
    case 'TRADING_HALTED':
    case 'TRADING_REDUCING':
      return `\`bellwether account show ${accountId}\` tells what holds it, \`bellwether kill release --help\` what lifts that`;
    case 'CONFLICT':
      return 'another --key makes it another command';
    case 'NO_SUCH_ENTRY':
      return `\`bellwether ledger entries ${accountId}\` tells what is booked`;
    case 'NOT_REVERSIBLE':
      return (
        'only what was deposited, taken out, granted or charged is taken back; ' +
        `\`bellwether ledger entries ${accountId}\` tells what is booked`
      );
    case 'RESET_SINCE':
      return 'the reset has set the cash anew: deposit or take out what is to be different';
    case 'CONTENDED':
    case 'OVERLOADED':
      return 'nothing was changed: send it again with the same --key';
    default:
      return '';
  }
}
