/** A count with its noun: `1 entry`, `2 entries`, `1,234 ticks`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? noun : plural}`;
}
