/** A webhook that exists when a sink is told which do. Its channel has the webhook's own id. */
export interface Webhook {
  readonly id: string;
  readonly token: string;
  /** Its channel is a forum: every message starts a thread or names one. */
  readonly isForum?: boolean;
}

/** Reads `ID/TOKEN`, or `ID/TOKEN/forum`. Throws for anything else. */
export function parseWebhook(text: string): Webhook {
  const [, id, token, forum] = /^(\d{1,20})\/([\w-]+)(\/forum)?$/.exec(text) ?? [];
  if (id === undefined || token === undefined)
    throw new Error(`a webhook is ID/TOKEN, or ID/TOKEN/forum: ${JSON.stringify(text)}`);
  return { id, token, isForum: forum !== undefined };
}
