import { type Notice, channelDisabled } from '../notices/notice.ts';

/** What operators are told of a tenant's channel that is disabled: the tenant may have no other to hear of it. */
export function channelBroken(alert: Notice, channelId: string, reason: string, operators: string): Notice {
  const { tenant } = alert;
  const notice = channelDisabled(alert, channelId, reason);
  const { event } = notice;
  if (event.type !== 'Told') return notice;
  return {
    ...notice,
    tenant: operators,
    uid: '',
    event: {
      ...event,
      headline: `Alerts of ${tenant} no longer go to its channel ${channelId}: it is disabled`,
      details: [{ name: 'Tenant', value: tenant }, ...event.details],
    },
  };
}
