import { endToEnd } from './end-to-end.ts';

const shared = { messageBytes: 1_000_000, messages: 200, width: 8 };

export default [
  endToEnd({
    ...shared,
    question: 'How near do messages of 1 MB, end to end, come to a server that only forwards?',
    durable: false,
  }),
  endToEnd({
    ...shared,
    variant: 'durable',
    question: 'And when each is on the disk before it is answered?',
    durable: true,
  }),
];
