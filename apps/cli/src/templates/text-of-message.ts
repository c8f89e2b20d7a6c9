import type { WebhookMessage } from '@bellwether/notifier';

/** A message as lines: its content, and each embed with its list, fields and footer. */
export function textOf({ content, embeds = [] }: WebhookMessage): string {
  const lines = embeds.flatMap(({ description, fields, footer }) => [
    ...(description === undefined ? [] : description.split('\n')),
    ...fields.map(({ name, value }) => `${name}: ${value}`),
    footer.text,
  ]);
  return [content, ...lines.map((line) => `  ${line}`)].join('\n');
}
