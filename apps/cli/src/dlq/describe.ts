import type { DeadLetter, DeadLetterDetails } from './dead-letter.ts';

/** Dead letters of one cause. */
export interface Group {
  readonly source: DeadLetter['source'];
  readonly cause: string;
  readonly count: number;
  readonly oldestAt: number;
  readonly latestAt: number;
  /** One of them. */
  readonly example: string;
}

/** The largest first. */
export function groupsOf(letters: readonly DeadLetter[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const { id, source, cause, at } of letters) {
    const key = `${source} ${cause}`;
    const group = groups.get(key) ?? { source, cause, count: 0, oldestAt: at, latestAt: at, example: id };
    groups.set(key, {
      ...group,
      count: group.count + 1,
      oldestAt: Math.min(group.oldestAt, at),
      latestAt: Math.max(group.latestAt, at),
    });
  }
  return [...groups.values()].toSorted((a, b) => b.count - a.count || (a.cause < b.cause ? -1 : 1));
}

export function tableOfGroups(groups: readonly Group[]): string {
  if (groups.length === 0) return nothing;
  const rows = groups.map(({ source, cause, count, latestAt }) =>
    [String(count).padStart(6), source.padEnd(8), utc(latestAt), oneLine(cause)].join(' '),
  );
  return `${rows.join('\n')}\n`;
}

export function tableOf(letters: readonly DeadLetter[]): string {
  if (letters.length === 0) return nothing;
  const rows = letters.flatMap(({ id, state, at, about, reason }) => [
    [utc(at), state === 'dead' ? '' : `(${state})`, id].filter((cell) => cell !== '').join(' '),
    `  ${about}: ${oneLine(reason)}`,
  ]);
  return `${rows.join('\n')}\n`;
}

export function detailsOf({ id, state, reason, about, at, content, actions }: DeadLetterDetails): string {
  const lines = [
    id,
    `  ${about}, ${state} since ${utc(at)}`,
    `  ${oneLine(reason)}`,
    ...Object.entries(content).map(([name, value]) => `  ${name}: ${textOf(value)}`),
    ...actions.map(
      ({ action, actor, at: actedAt, reason: why }) =>
        `  ${utc(actedAt)} ${action} by ${actor}${why === undefined ? '' : `: ${oneLine(why)}`}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

const nothing = 'Nothing is dead.\n';

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Reasons come from outside: they move no cursor and start no line. */
function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}

function utc(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('T', ' ').slice(0, 19);
}
