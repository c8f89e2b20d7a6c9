import { endToEnd } from './end-to-end.ts';

const shared = { messageBytes: 200, messages: 40_000, width: 2000 };

export default [
  endToEnd({
    ...shared,
    question: 'How near do messages of 200 bytes, end to end, come to a server that only forwards?',
    durable: false,
  }),
  endToEnd({
    ...shared,
    variant: 'durable',
    question: 'And when each is on the disk before it is answered?',
    durable: true,
  }),
];
