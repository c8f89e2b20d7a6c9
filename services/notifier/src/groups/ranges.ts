const most = 5;

/** Whole numbers as a person lists them: `3-7, 9, and 2 more`. */
export function ranges(numbers: readonly number[]): string {
  const runs: { from: number; to: number }[] = [];
  for (const each of [...new Set(numbers)].toSorted((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && each === last.to + 1) last.to = each;
    else runs.push({ from: each, to: each });
  }
  const told = runs.slice(0, most).map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`));
  const rest = runs.slice(most).reduce((sum, { from, to }) => sum + to - from + 1, 0);
  return [...told, ...(rest === 0 ? [] : [`and ${rest} more`])].join(', ');
}
