/** A text without the secrets that it may repeat, also as they are written in a URL. */
export function redacted(text: string, secrets: readonly string[]): string {
  const spelled = secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .filter((secret) => secret !== '')
    .toSorted((a, b) => b.length - a.length)
    .map((secret) => secret.replaceAll(/[^\w]/g, String.raw`\$&`));
  return spelled.length === 0 ? text : text.replaceAll(new RegExp(spelled.join('|'), 'g'), '[redacted]');
}
