import { type Position, type TradingState, type Trigger, defaultSettings, entered } from '@bellwether/domain';
import {
  type PositionTermsV1,
  type TriggerTermsV1,
  upcastPosition,
  upcastTrigger,
} from '../events/commit-v1.ts';
import type { AccountDocument } from './account.ts';
import type { ArmedDocument, PositionDocument, TriggerDocument } from './armed.ts';

/** Documents as they were written before they carried a `schema`. */
export type AccountDocumentV1 = Omit<AccountDocument, 'schema' | 'holds' | 'settings' | 'workingOrderIds'>;
export type PositionDocumentV1 = Omit<ArmedDocument<PositionV1>, 'schema'>;
export type TriggerDocumentV1 = Omit<ArmedDocument<TriggerV1>, 'schema'>;

/** A position that was being closed was never stored so: the shadow broker fills at once. */
type PositionV1 = PositionTermsV1 &
  (
    | { readonly status: 'open' }
    | (Pick<Extract<Position, { status: 'closed' }>, 'status' | 'reason' | 'exitPrice' | 'closedAt'> & {
        readonly realizedPnl: string;
      })
  );
type TriggerV1 = TriggerTermsV1 & Pick<Trigger, 'status'>;

/** An account's document in today's shape. */
export function currentAccount(document: AccountDocument | AccountDocumentV1): AccountDocument {
  if ('schema' in document) return document;
  const { trading } = document;
  return { ...document, schema: 2, holds: holdsOf(trading), settings: defaultSettings, workingOrderIds: [] };
}

/** A position's document in today's shape. */
export function currentPosition(document: PositionDocument | PositionDocumentV1): PositionDocument {
  if ('schema' in document) return document;
  const { details } = document;
  const open = entered(upcastPosition(details));
  if (details.status === 'open') return { ...document, schema: 2, details: open };
  const { reason, exitPrice, closedAt, realizedPnl } = details;
  const closed = {
    ...open,
    exitOrders: 1,
    realizedPnl,
    status: 'closed',
    reason,
    exitPrice,
    closedAt,
  } as const;
  return { ...document, schema: 2, details: closed };
}

/** A trigger's document in today's shape. */
export function currentTrigger(document: TriggerDocument | TriggerDocumentV1): TriggerDocument {
  if ('schema' in document) return document;
  const { status } = document.details;
  const details = { ...upcastTrigger(document.details), status, firings: status === 'fired' ? 1 : 0 };
  return { ...document, schema: 2, details };
}

function holdsOf(trading: TradingState): AccountDocument['holds'] {
  if (trading === 'active') return [];
  return [{ scope: 'account', state: trading, actor: 'bellwether', reason: 'held before holds were kept' }];
}
