const microsPerSecond = 1_000_000n;
const msPerDay = 86_400_000;

/** 0001-01-01 00:00:00 UTC, BigQuery's first TIMESTAMP, in epoch microseconds. */
export const minTimestamp = -62_135_596_800_000_000n;
/** 9999-12-31 23:59:59.999999 UTC, BigQuery's last TIMESTAMP, in epoch microseconds. */
export const maxTimestamp = 253_402_300_799_999_999n;
/** 0001-01-01 and 9999-12-31 in days since 1970-01-01. */
export const minDate = -719_162;
export const maxDate = 2_932_896;

const timestampPattern =
  /^(\d{4}-\d{1,2}-\d{1,2})(?:[Tt ](\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?)?(?: ?(?:(Z|z|UTC)|([+-])(\d{1,2})(?::?(\d{2}))?))?$/;

/**
 * Timestamp text to epoch microseconds: UTC when no zone is given, offsets honoured, named zones and digits
 * beyond the microsecond refused.
 */
export function parseTimestamp(text: string): bigint | undefined {
  const match = timestampPattern.exec(text.trim());
  if (match === null) return undefined;
  const [, date = '', hour = '0', minute = '0', second = '0', fraction = '', , sign, zoneHours, zoneMinutes] =
    match;
  const days = parseDate(date);
  if (days === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  if (/[1-9]/.test(fraction.slice(6))) return undefined;
  const offsetMinutes = Number(zoneHours ?? 0) * 60 + Number(zoneMinutes ?? 0);
  if (offsetMinutes > 14 * 60 || Number(zoneMinutes ?? 0) > 59) return undefined;
  const seconds =
    days * 86_400 +
    Number(hour) * 3600 +
    Number(minute) * 60 +
    Number(second) -
    (sign === '-' ? -60 : 60) * offsetMinutes;
  const micros = BigInt(seconds) * microsPerSecond + BigInt(fraction.slice(0, 6).padEnd(6, '0'));
  return isTimestamp(micros) ? micros : undefined;
}

export const isTimestamp = (micros: bigint): boolean => micros >= minTimestamp && micros <= maxTimestamp;

/** `2024-01-31` to days since 1970-01-01. */
export function parseDate(text: string): number | undefined {
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text.trim());
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isSame =
    date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isSame && year > 0 ? date.getTime() / msPerDay : undefined;
}

const zoned = /(?:[Zz]|UTC|[+-]\d{1,2}(?::?\d{2})?)$/;

/** Date and time of day without a zone, in microseconds as if it were UTC. */
export function parseDatetime(text: string): bigint | undefined {
  return zoned.test(text.trim().replace(/^\d{4}-\d{1,2}-\d{1,2}/, '')) ? undefined : parseTimestamp(text);
}

/** `10:11:12.5` to microseconds since midnight. */
export function parseTime(text: string): bigint | undefined {
  return /^\d/.test(text.trim()) && !text.includes('-') && text.includes(':')
    ? parseDatetime(`1970-01-01 ${text.trim()}`)
    : undefined;
}

/** `2024-01-31T10:11:12.123456`, without the fraction where it is zero. */
export const formatDatetime = (micros: bigint): string =>
  formatTimestamp(micros).slice(0, -1).replace(/\.0+$/, '');

/** `10:11:12.123456`, without the fraction where it is zero. */
export const formatTime = (micros: bigint): string => formatDatetime(micros).slice(11);

export function formatDate(days: number): string {
  return new Date(days * msPerDay).toISOString().slice(0, 10);
}

/** `2024-01-31T10:11:12.123456Z`. */
export function formatTimestamp(micros: bigint): string {
  const inSecond = ((micros % microsPerSecond) + microsPerSecond) % microsPerSecond;
  const ms = Number((micros - inSecond) / 1000n);
  return `${new Date(ms).toISOString().slice(0, 19)}.${inSecond.toString().padStart(6, '0')}Z`;
}
