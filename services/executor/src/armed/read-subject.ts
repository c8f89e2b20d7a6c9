import { readOrder, readPosition, readSignal, readTrigger } from '@bellwether/store';
import type { DocumentSnapshot } from '@google-cloud/firestore';
import { type ArmedSubject, armedOrder, armedPosition, armedSignal, armedTrigger } from '../ticks/fired.ts';

/** What a document says is armed; `undefined` where there is none. */
export type ReadSubject = (document: DocumentSnapshot) => ArmedSubject | undefined;

export const readArmedPosition: ReadSubject = (document) => {
  const position = readPosition(document);
  return position && armedPosition(position);
};

export const readArmedTrigger: ReadSubject = (document) => {
  const trigger = readTrigger(document);
  return trigger && armedTrigger(trigger);
};

export const readArmedOrder: ReadSubject = (document) => {
  const order = readOrder(document);
  return order && armedOrder(order);
};

export const readArmedSignal: ReadSubject = (document) => {
  const signal = readSignal(document);
  return signal && armedSignal(signal);
};
