import type { JsonObject } from './json-body.ts';

/** How a message of google.protobuf that JSON has a form of its own for is read and shown. */
interface WellKnown {
  /** The message's fields; undefined when the JSON is none. */
  read(json: unknown): object | undefined;
  show(fields: JsonObject): unknown;
}

/** Undefined for a message that JSON has no form of its own for. `fullName` starts with a dot. */
export function wellKnown(fullName: string): WellKnown | undefined {
  return forms.get(fullName);
}

interface Time {
  readonly seconds: string;
  readonly nanos: number;
}

const rfc3339 = /^(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/;
const durationText = /^(-?)(\d+)(?:\.(\d{1,9}))?s$/;

const forms = new Map<string, WellKnown>([
  [
    '.google.protobuf.Timestamp',
    {
      read: (json) => (typeof json === 'string' ? readTimestamp(json) : undefined),
      show(fields) {
        const whole = new Date(Number(fields['seconds'] ?? 0) * 1000).toISOString().slice(0, 19);
        return `${whole}${fraction(fields)}Z`;
      },
    },
  ],
  [
    '.google.protobuf.Duration',
    {
      read: (json) => (typeof json === 'string' ? readDuration(json) : undefined),
      show(fields) {
        const seconds = Number(fields['seconds'] ?? 0);
        const isNegative = seconds < 0 || Number(fields['nanos'] ?? 0) < 0;
        return `${isNegative ? '-' : ''}${Math.abs(seconds)}${fraction(fields)}s`;
      },
    },
  ],
  [
    '.google.protobuf.FieldMask',
    {
      read: (json) =>
        typeof json === 'string' ? { paths: json.split(',').filter(Boolean).map(snakeCase) } : undefined,
      show: (fields) => listOf(fields['paths']).map(camelCase).join(','),
    },
  ],
]);

function readTimestamp(text: string): Time | undefined {
  const [, local, digits, zone] = rfc3339.exec(text) ?? [];
  const millis = Date.parse(`${local}${zone}`.toUpperCase());
  return Number.isNaN(millis) ? undefined : { seconds: String(millis / 1000), nanos: nanosOf(digits) };
}

function readDuration(text: string): Time | undefined {
  const [, sign, seconds, digits] = durationText.exec(text) ?? [];
  if (seconds === undefined) return undefined;
  const nanos = nanosOf(digits);
  return sign === '-' ? { seconds: `-${seconds}`, nanos: -nanos } : { seconds, nanos };
}

function nanosOf(digits: string | undefined): number {
  return Number((digits ?? '').padEnd(9, '0'));
}

/** No digits, three, six or nine. */
function fraction(fields: JsonObject): string {
  const nanos = String(Math.abs(Number(fields['nanos'] ?? 0))).padStart(9, '0');
  return nanos === '000000000' ? '' : `.${nanos.replace(/(?:000){1,2}$/, '')}`;
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function snakeCase(path: string): string {
  return path.trim().replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function camelCase(path: string): string {
  return path.replaceAll(/_([a-z\d])/g, (_, letter: string) => letter.toUpperCase());
}
