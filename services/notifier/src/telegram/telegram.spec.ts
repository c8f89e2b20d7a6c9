import { describe, expect, it } from '@jest/globals';
import { alertOf, pictured } from '../channels/channel.builder.ts';
import { closed } from '../notices/notice.builder.ts';
import { Telegram } from './telegram.ts';

const signal = new AbortController().signal;

/** A chat, and the requests that are made of its Telegram. */
function given() {
  const requests: { method: string; body: string | FormData | undefined }[] = [];
  const telegram = new Telegram(
    { kind: 'telegram', botToken: '1:abc', chatId: '-7' },
    {
      apiBase: 'http://telegram',
      clock: { now: () => 1_000 },
      send: async ({ url, body }) => {
        requests.push({ method: url.replace('http://telegram/bot1:abc/', ''), body });
        const said = JSON.stringify({ ok: true, result: { message_id: 9 } });
        return Promise.resolve({
          kind: 'answered',
          answer: { status: 200, header: () => undefined, body: said },
        });
      },
    },
  );
  return { telegram, requests };
}

describe('a chat of Telegram', () => {
  it('gets a picture with what is said below it', async () => {
    const { telegram, requests } = given();
    const attempt = await telegram.tell([{ ...pictured(), isSilent: true }], { form: 'rich', signal });
    expect(attempt.outcome).toMatchObject({ kind: 'sent', messageId: '9' });
    const [request] = requests;
    expect(request?.method).toBe('sendPhoto');
    const form = request?.body instanceof FormData ? request.body : new FormData();
    expect([...form.keys()].toSorted()).toEqual([
      'caption',
      'chat_id',
      'disable_notification',
      'parse_mode',
      'photo',
    ]);
    expect(form.get('caption')).toMatch(/^<b>Your week<\/b>\n/);
    const photo = form.get('photo');
    expect(photo instanceof Blob && photo.size > 100).toBe(true);
  });

  it('gets no picture in plain text, and none where there is none', async () => {
    const { telegram, requests } = given();
    await telegram.tell([pictured()], { form: 'plain text', signal });
    await telegram.tell([alertOf(closed())], { form: 'rich', signal });
    expect(requests.map(({ method }) => method)).toEqual(['sendMessage', 'sendMessage']);
  });

  it('gets a picture in a message of its own', () => {
    const { telegram } = given();
    const [alert, picture] = [alertOf(closed()), pictured()];
    expect(telegram.fitting([picture, alert])).toBe(1);
    expect(telegram.fitting([alert, alert, picture, alert])).toBe(2);
  });

  it('gets a caption of no more than Telegram takes', async () => {
    const { telegram, requests } = given();
    const { notice, ...rest } = pictured();
    if (notice.event.type !== 'Told') throw new Error('it is told in words of its own');
    const lines = Array.from({ length: 100 }, () => 'x&'.repeat(50));
    await telegram.tell([{ ...rest, notice: { ...notice, event: { ...notice.event, lines } } }], {
      form: 'rich',
      signal,
    });
    const form = requests[0]?.body instanceof FormData ? requests[0].body : new FormData();
    const caption = form.get('caption');
    const shown =
      typeof caption === 'string' ? caption.replaceAll('&amp;', '&').replaceAll(/<\/?b>/g, '') : '';
    expect(shown).toHaveLength(1_024);
  });
});
