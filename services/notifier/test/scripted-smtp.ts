import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';

/** By command, what it answers instead of the usual; `cut` ends the connection without an answer. */
export type SmtpScript = Readonly<Record<string, string>>;

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and body, as sent. */
  readonly data: string;
}

/** A mail server on 127.0.0.1 without TLS. `body` in a script stands for what is answered to the mail itself. */
export class ScriptedSmtp {
  readonly mails: ReceivedMail[] = [];
  /** Every line that clients said. */
  readonly said: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #scripts: SmtpScript[] = [];

  private constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
      new Session(socket, this.#scripts.shift() ?? {}, this).begin();
    });
  }

  static async start(): Promise<ScriptedSmtp> {
    const server = new ScriptedSmtp();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get port(): number {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
    return (this.#server.address() as AddressInfo).port;
  }

  /** One script for each connection to come, after it forgets earlier mails. */
  script(...scripts: readonly SmtpScript[]): void {
    this.mails.splice(0);
    this.said.splice(0);
    this.#scripts = [...scripts];
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const usual: SmtpScript = {
  CONN: '220 ready',
  EHLO: '250-mail.example.com\r\n250 AUTH PLAIN',
  AUTH: '235 welcome',
  MAIL: '250 ok',
  RCPT: '250 ok',
  DATA: '354 go on',
  body: '250 taken',
  RSET: '250 ok',
  QUIT: '221 bye',
};

class Session {
  readonly #socket: Socket;
  readonly #script: SmtpScript;
  readonly #server: ScriptedSmtp;
  #text = '';
  #isData = false;
  #from = '';
  readonly #to: string[] = [];

  constructor(socket: Socket, script: SmtpScript, server: ScriptedSmtp) {
    this.#socket = socket;
    this.#script = script;
    this.#server = server;
  }

  begin(): void {
    this.#socket.setEncoding('utf8');
    this.#socket.on('data', (chunk: string) => this.#read(chunk));
    this.#answer('CONN');
  }

  #read(chunk: string): void {
    this.#text += chunk;
    const end = this.#isData ? '\r\n.\r\n' : '\r\n';
    for (
      let at = this.#text.indexOf(end);
      at !== -1 && !this.#socket.destroyed;
      at = this.#text.indexOf(end)
    ) {
      const said = this.#text.slice(0, at);
      this.#text = this.#text.slice(at + end.length);
      if (this.#isData) return this.#take(said);
      this.#command(said);
      if (this.#isData) return this.#read('');
    }
  }

  #command(line: string): void {
    this.#server.said.push(line);
    const [verb = ''] = line.toUpperCase().split(' ');
    const [, address = ''] = /<(.*?)>/.exec(line) ?? [];
    if (verb === 'MAIL') this.#from = address;
    if (verb === 'RCPT') this.#to.push(address);
    const said = this.#answer(verb);
    this.#isData = verb === 'DATA' && said.startsWith('354');
  }

  #take(data: string): void {
    this.#isData = false;
    const said = this.#script['body'] ?? '';
    if (said === '' || said.startsWith('2') || said === 'cut')
      this.#server.mails.push({ from: this.#from, to: [...this.#to], data });
    this.#answer('body');
    this.#read('');
  }

  #answer(command: string): string {
    const said = this.#script[command] ?? usual[command] ?? '502 unknown';
    if (said === 'cut') this.#socket.destroy();
    else this.#socket.write(`${said}\r\n`);
    return said;
  }
}
