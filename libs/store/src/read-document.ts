import {
  type AccountDocument,
  type OrderDocument,
  type PositionDocument,
  type SignalDocument,
  type TriggerDocument,
  currentAccount,
  currentPosition,
  currentTrigger,
} from '@bellwether/contracts';

/** A document that was read, whoever read it. */
interface Readable {
  data(): object | undefined;
}

/**
 * The document as the shape in which our own services write it; `undefined` where there is none. Only
 * services write these collections, so the shape is trusted, not parsed.
 */
export function readDocument<Document>(snapshot: Readable | undefined): Document | undefined {
  // The one place where a stored document gets its type.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return snapshot?.data() as Document | undefined;
}

/** An account in today's shape, whichever it was written in. */
export function readAccount(snapshot: Readable | undefined): AccountDocument | undefined {
  return inShape(snapshot, currentAccount);
}

export function readPosition(snapshot: Readable | undefined): PositionDocument | undefined {
  return inShape(snapshot, currentPosition);
}

export function readTrigger(snapshot: Readable | undefined): TriggerDocument | undefined {
  return inShape(snapshot, currentTrigger);
}

export function readOrder(snapshot: Readable | undefined): OrderDocument | undefined {
  return readDocument<OrderDocument>(snapshot);
}

export function readSignal(snapshot: Readable | undefined): SignalDocument | undefined {
  return readDocument<SignalDocument>(snapshot);
}

function inShape<Stored, Current>(
  snapshot: Readable | undefined,
  current: (document: Stored) => Current,
): Current | undefined {
  const document = readDocument<Stored>(snapshot);
  return document === undefined ? undefined : current(document);
}
