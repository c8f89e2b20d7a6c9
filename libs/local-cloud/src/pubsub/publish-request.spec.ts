import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PublishRequest } from './publish-request.ts';
import { v1 } from './wire.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const message = fc.record(
  {
    data: fc.uint8Array({ maxLength: 300 }),
    attributes: fc.dictionary(text, text, { maxKeys: 4 }),
    orderingKey: text,
    messageId: text,
    publishTime: fc.record({ seconds: fc.nat(), nanos: fc.nat({ max: 999_999_999 }) }),
  },
  { requiredKeys: [] },
);

describe('a publish request', () => {
  it('is read as Google reads it', () => {
    fc.assert(
      fc.property(text, fc.array(message, { maxLength: 5 }), (topic, messages) => {
        const bytes = v1.PublishRequest.encode({ topic, messages }).finish();
        const read = PublishRequest.decode(bytes);
        const byTheBook = v1.PublishRequest.decode(bytes);
        expect(read.topic).toBe(byTheBook.topic);
        expect(read.messages?.map(plain)).toEqual(byTheBook.messages.map(plain));
      }),
    );
  });

  it('keeps the bytes of a message that says nothing which only the service may say', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 5 }), (messages) => {
        const { messages: read = [] } = PublishRequest.decode(
          v1.PublishRequest.encode({ messages }).finish(),
        );
        expect(read?.map(({ encoded }) => encoded && Buffer.from(encoded))).toEqual(
          messages.map((each) =>
            'messageId' in each || 'publishTime' in each
              ? undefined
              : Buffer.from(v1.PubsubMessage.encode(each).finish()),
          ),
        );
      }),
    );
  });

  it('drops what it does not know', () => {
    const bytes = Buffer.concat([v1.PubsubMessage.encode({ orderingKey: 'k' }).finish(), Buffer.of(0x78, 1)]);
    const request = Buffer.concat([Buffer.of(0x12, bytes.length), bytes, Buffer.of(0x78, 1)]);
    expect(PublishRequest.decode(request)).toEqual({
      topic: '',
      messages: [{ data: null, attributes: null, orderingKey: 'k' }],
    });
  });

  it.each([
    ['cut short', Buffer.of(0x12, 9, 0x0a)],
    ['of text that is none', Buffer.of(0x0a, 1, 0xff)],
    ['with a length beyond all', Buffer.of(0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1)],
  ])('is refused when it is %s', (_what, bytes) => {
    expect(() => PublishRequest.decode(bytes)).toThrow(RangeError);
  });
});

function plain({
  data,
  attributes,
  orderingKey,
}: {
  readonly data?: Uint8Array | string | null;
  readonly attributes?: object | null;
  readonly orderingKey?: string | null;
}) {
  return { data: Buffer.from(data ?? ''), attributes: attributes ?? {}, orderingKey };
}
