import type { BrokerDifference } from '@bellwether/domain';

/** What a difference from the broker says, and the command that settles it. */
export function explainDifference(
  difference: BrokerDifference,
  account: { readonly tenantId: string; readonly accountId: string },
): { readonly what: string; readonly settledBy?: string } {
  switch (difference.kind) {
    case 'orphan': {
      const { orderId, of, positionId, symbol } = difference;
      const what = `the broker does not know our order ${orderId} in ${symbol}`;
      return of === 'exit'
        ? { what, settledBy: send('AbandonExit', account, { positionId, orderId }) }
        : {
            what,
            settledBy: send('CancelOrder', account, { order: orderId.slice(account.accountId.length + 1) }),
          };
    }
    case 'externalOrder': {
      const { brokerOrderId, side, quantity, filled, symbol } = difference;
      const adoption = { brokerOrderId, symbol, positionId: '<new id>', priceSource: 'trade' };
      return {
        what: `the broker has an order that is not ours: ${side} ${quantity} ${symbol}, ${filled} filled`,
        settledBy: send('AdoptOrder', account, { order: '<new name>', adoption }),
      };
    }
    case 'position': {
      const { symbol, ours, theirs, offer } = difference;
      const what = `of ${symbol} we hold ${ours}, the broker ${theirs}`;
      if (offer === undefined) return { what };
      const { side, quantity, entryPrice = '<its entry price>' } = offer;
      const position = {
        id: '<new id>',
        symbol,
        side,
        quantity,
        entryPrice,
        priceSource: 'trade',
        exits: {},
      };
      return { what, settledBy: send('AdoptPosition', account, { position }) };
    }
  }
}

function send(
  name: string,
  { tenantId, accountId }: { readonly tenantId: string; readonly accountId: string },
  content: object,
): string {
  const data = JSON.stringify(content);
  return `bellwether command send ${name} --tenant ${tenantId} --account ${accountId} --data '${data}'`;
}
