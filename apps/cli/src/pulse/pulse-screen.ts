import type { AccountPulse, PulseTotals, PulseView } from '@bellwether/contracts';

type Row = readonly string[];

/** A view of the pulse for people: tables of aligned columns, amounts with two digits after the point. */
export function pulseScreen(view: PulseView): string {
  const unpriced = view.unpriced.length === 0 ? [] : [`without a price: ${view.unpriced.join(', ')}`];
  return `${[titleOf(view), ...unpriced, '', ...tablesOf(view)].join('\n')}\n`;
}

function titleOf(view: PulseView): string {
  const at = `${new Date(view.at).toISOString().slice(11, 19)} UTC`;
  switch (view.of) {
    case 'house':
      return `P&L of all tenants, ${at}`;
    case 'tenant':
      return `P&L of tenant ${view.tenant}, ${at}`;
    case 'account':
      return `P&L of account ${view.accountId} in ${view.currency}, ${at}`;
  }
}

const worthColumns = ['P&L', 'equity', 'exposure', 'drawdown'];

function tablesOf(view: PulseView): string[] {
  if (view.of !== 'account' && view.totals.length === 0) return ['There are no accounts.'];
  switch (view.of) {
    case 'house':
      return [
        ...table([totalsHeader(''), ...view.totals.map((each) => totalsRow('all', each))]),
        '',
        ...table([totalsHeader('tenant'), ...view.tenants.map((each) => totalsRow(each.tenant, each))]),
      ];
    case 'tenant':
      return [
        ...table([totalsHeader(''), ...view.totals.map((each) => totalsRow('all', each))]),
        '',
        ...table([
          ['account', '', 'positions', ...worthColumns],
          ...view.accounts.map((each) => [
            each.accountId,
            each.currency,
            String(each.openPositions),
            ...worthRow(each.worth),
          ]),
        ]),
      ];
    case 'account':
      return [
        ...table([worthColumns, worthRow(view.worth)]),
        '',
        ...table([
          ['position', 'symbol', '', 'quantity', 'entry', 'price', 'P&L', 'exposure', ''],
          ...view.positions.map(
            ({ positionId, symbol, side, quantity, entryPrice, price, pnl, exposure, settled }) => [
              positionId,
              symbol,
              side,
              quantity,
              entryPrice,
              price ?? '?',
              amount(pnl),
              amount(exposure),
              pnl === undefined && settled !== undefined ? `${amount(settled.pnl)} ${settled.currency}` : '',
            ],
          ),
        ]),
      ];
  }
}

function totalsHeader(first: string): Row {
  return [first, '', 'accounts', 'unvalued', ...worthColumns];
}

function totalsRow(name: string, totals: PulseTotals): Row {
  return [name, totals.currency, String(totals.accounts), String(totals.unvalued), ...worthRow(totals)];
}

function worthRow(worth: AccountPulse['worth']): Row {
  return [amount(worth?.pnl), amount(worth?.equity), amount(worth?.exposure), amount(worth?.drawdown)];
}

/** To the cent, without rounding up what is not there: the digits after are left off. */
function amount(text: string | undefined): string {
  if (text === undefined) return '?';
  const [whole = '0', fraction = ''] = text.split('.');
  return `${whole}.${fraction.slice(0, 2).padEnd(2, '0')}`;
}

/** Words to the left, numbers to the right. */
function table(rows: readonly Row[]): string[] {
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  const isNumber = widths.map((_, at) => rows.slice(1).every((row) => /^(-?[\d.]+|\?)$/.test(row[at] ?? '')));
  return rows.map((row) =>
    row
      .map((cell, at) =>
        isNumber[at] === true ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
