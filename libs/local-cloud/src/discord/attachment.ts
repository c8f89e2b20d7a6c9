import { createHash } from 'node:crypto';
import type { MessageForm } from './message-form.ts';
import type { DiscordMessage } from './message.ts';

/** A file that came with a message. Its bytes are not kept. */
export interface Attachment {
  readonly id: string;
  readonly filename: string;
  readonly size: number;
  readonly content_type?: string;
  readonly description?: string;
  readonly url: string;
  readonly proxy_url: string;
}

/** `files[key]` of a multipart request. */
export interface UploadedFile {
  readonly key: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly sha256: string;
}

/** Documented for webhooks and bots without a boosted server. */
export const attachmentLimits = { files: 10, bytes: 10 * 1024 * 1024 } as const;

export async function readUpload(key: string, file: File): Promise<UploadedFile> {
  const sha256 = createHash('sha256')
    .update(Buffer.from(await file.arrayBuffer()))
    .digest('hex');
  return { key, name: file.name, type: file.type, size: file.size, sha256 };
}

/** The message's `index`-th attachment; its id follows the message's. */
export function newAttachment(
  messageId: string,
  channelId: string,
  index: number,
  file: UploadedFile,
  description: string | undefined,
): Attachment {
  const id = String(BigInt(messageId) + BigInt(index + 1));
  // Discord takes other characters out of names too.
  const filename = file.name.replaceAll(/[^\w.-]+/g, '_') || 'file';
  const path = `attachments/${channelId}/${id}/${filename}?hm=${file.sha256}`;
  return {
    id,
    filename,
    size: file.size,
    ...(file.type === '' ? {} : { content_type: file.type }),
    ...(description === undefined ? {} : { description }),
    url: `https://cdn.discordapp.com/${path}`,
    proxy_url: `https://media.discordapp.net/${path}`,
  };
}

/** An edit that lists attachments drops those that it leaves out. */
export function keptAttachments({ attachments }: DiscordMessage, form: MessageForm): readonly Attachment[] {
  const { attachments: listed } = form;
  return listed === undefined
    ? attachments
    : attachments.filter(({ id }) => listed.some((kept) => kept.id === id));
}

export function addedAttachments(
  { id, channel_id: channelId, attachments }: DiscordMessage,
  form: MessageForm,
  files: readonly UploadedFile[],
): Attachment[] {
  const last = Number(BigInt(attachments.at(-1)?.id ?? id) - BigInt(id));
  return files.map((file, index) =>
    newAttachment(id, channelId, last + index, file, descriptionOf(file, form)),
  );
}

export function descriptionOf({ key }: UploadedFile, { attachments }: MessageForm): string | undefined {
  return attachments?.find(({ id }) => id === key)?.description;
}
