/** Reads a replay's progress and kills one of its services, as `kill -9` does, when such shares of the ticks are judged. */
export class Killer {
  readonly #started: RegExp;
  readonly #shares: number[];
  #pid = 0;
  #rest = '';
  kills = 0;

  constructor(service: string, shares: readonly number[]) {
    this.#started = new RegExp(`${service} started.*pid (\\d+)`);
    this.#shares = [...shares];
  }

  read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#readLine(line);
  }

  #readLine(line: string): void {
    const started = this.#started.exec(line);
    if (started !== null) this.#pid = Number(started[1]);
    const progress = /"evaluated":(\d+),"total":(\d+)/.exec(line);
    const [next] = this.#shares;
    if (progress === null || next === undefined || this.#pid === 0) return;
    if (Number(progress[1]) < next * Number(progress[2])) return;
    this.#shares.shift();
    process.kill(this.#pid, 'SIGKILL');
    this.#pid = 0;
    this.kills += 1;
  }
}
