/**
 * A protobuf message whose field `field` (1 to 15) holds the already encoded `message`, followed by the encoded
 * rest of its fields. What is stored is sent without being encoded again.
 */
export function withEmbedded(field: number, message: Uint8Array, rest: Uint8Array): Uint8Array {
  const lengthBytes = varintLength(message.length);
  const bytes = Buffer.allocUnsafe(1 + lengthBytes + message.length + rest.length);
  bytes[0] = (field << 3) | 2;
  let remaining = message.length;
  for (let i = 1; i < lengthBytes; i += 1) {
    bytes[i] = (remaining & 0x7f) | 0x80;
    remaining >>>= 7;
  }
  bytes[lengthBytes] = remaining;
  bytes.set(message, 1 + lengthBytes);
  bytes.set(rest, 1 + lengthBytes + message.length);
  return bytes;
}

function varintLength(value: number): number {
  let length = 1;
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) length += 1;
  return length;
}
