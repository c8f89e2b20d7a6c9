const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws TypeError where they are no UTF-8. */
export function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Whether bytes are a text. Of as many bytes as it has UTF-16 units is a text in ASCII alone. */
export function isText(bytes: Uint8Array, text: string): boolean {
  if (bytes.length !== text.length) return bytes.length > text.length && textOf(bytes) === text;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x80 || byte !== text.charCodeAt(at)) return false;
  }
  return true;
}
