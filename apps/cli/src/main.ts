import { Command, Option } from 'commander';
import 'reflect-metadata';
import type { AccountOptions } from './account/account-command.ts';
import type { BacktestCommandOptions } from './backtest/backtest-command.ts';
import type {
  ChannelsOptions,
  DisableOptions as ChannelDisableOptions,
} from './channels/channels-command.ts';
import type { ListOptions, SendOptions } from './command/command-command.ts';
import type { CloudCommandOptions } from './cloud/run-cloud.ts';
import type { InstrumentsOptions } from './instruments/instruments-command.ts';
import type { IndexesOptions } from './cloud/indexes-command.ts';
import type {
  DlqDiscardOptions,
  DlqEditOptions,
  DlqListOptions,
  DlqOptions,
  DlqRetryOptions,
} from './dlq/dlq-command.ts';
import type { ExportOptions } from './history/export-command.ts';
import type { ImportOptions } from './history/import-command.ts';
import type { CandlesOptions, TicksOptions } from './history/read-command.ts';
import type { EngageOptions, ReleaseOptions, StatusOptions } from './kill/kill-command.ts';
import type { BalancesOptions, PnlOptions, TradesOptions } from './ledger/ledger-command.ts';
import type { ArchiveOptions, ArchiveRunOptions } from './archive/archive-command.ts';
import type { NotifyTestOptions } from './notify/notify-command.ts';
import type { StateOptions } from './cloud/state-command.ts';
import type { GrantOptions, ShowOptions } from './credits/credits-command.ts';
import type { PulseOptions } from './pulse/pulse-command.ts';
import type { RebuildCommandOptions } from './rebuild/rebuild-command.ts';
import type { ReplayCommandOptions } from './replay/replay-command.ts';
import type { StartOptions } from './start/run-start.ts';
import type { VerifyCommandOptions } from './verify/verify-command.ts';

// Each command loads only what it needs.
const port = (flags: string, what: string): Option =>
  new Option(flags, `port of ${what} on 127.0.0.1; 0 takes any free one`).argParser(Number).default(0);

const program = new Command('bellwether')
  .description('Watches markets, executes stops, targets and triggers, and tells only what is committed.')
  .showHelpAfterError('(--help explains the options)');

program
  .command('start')
  .description('runs everything on this machine: local cloud, all services, a demo market, a live view')
  .option(
    '--tape <file.csv.gz>',
    'a market to play instead of the demo tape (may be given again)',
    collect,
    [],
  )
  .option('--speed <n>', 'how many times as fast as the tape', '1')
  .option('--data-dir <dir>', 'where everything is kept', '.bellwether')
  .option('--fresh', 'forgets what an earlier run stored in the data directory')
  .option('--no-demo', 'adds no demo users and positions')
  .option('--split', 'runs each service as a process of its own')
  .option(
    '--operations-port <port>',
    'where /livez, /readyz and /metrics answer on 127.0.0.1, with --split on the six ports after it; 0 takes any free one, "off" none',
    '9464',
  )
  .action(async (options: StartOptions) => (await import('./start/run-start.ts')).runStart(options));

program
  .command('replay')
  .description('replays recorded tapes through the whole system and reports every execution')
  .requiredOption('--tape <file.csv.gz>', 'a tape of trades or quotes (may be given again)', collect, [])
  .requiredOption('--orders <orders.json>', 'positions and triggers to arm')
  .requiredOption('--report <out.json>', 'where the report is written')
  .option('--speed <n>', '"max", or how many times as fast as the tape', 'max')
  .addOption(
    new Option('--sanity <on|off>', 'the price band and staleness checks')
      .choices(['on', 'off'])
      .default('off'),
  )
  .option('--discord-limits', 'the Discord sink limits the rate of messages, as Discord does')
  .option('--split', 'runs each service as a process of its own')
  .option('--restart', 'with --split: a service that dies is started again')
  .option('--log-dir <dir>', "keeps the services' logs here")
  .action(async (options: ReplayCommandOptions) =>
    (await import('./replay/replay-command.ts')).runReplayCommand(options),
  );

const instruments = program
  .command('instruments')
  .description('what may be traded, and in which steps: contract, tick size, lot size, least notional');

instruments
  .command('list', { isDefault: true })
  .description('every symbol that is described')
  .option('--json', 'one JSON list')
  .action(async (options: InstrumentsOptions) =>
    (await import('./instruments/instruments-command.ts')).runInstrumentsList(options),
  );

instruments
  .command('set <file.json>')
  .description(
    'describes the symbols of a JSON list: [{"symbol", "contract": {"kind", "multiplier", "currency"}, ...}]',
  )
  .action(async (file: string) =>
    (await import('./instruments/instruments-command.ts')).runInstrumentsSet(file),
  );

program
  .command('backtest')
  .description('executes what a replay of the tapes executes, in this process alone and at once')
  .requiredOption('--tape <file.csv.gz>', 'a tape of trades or quotes (may be given again)', collect, [])
  .requiredOption('--orders <orders.json>', 'positions, triggers and orders')
  .option('--report <out.json>', 'where the report is written')
  .option('--shards <n>', 'how many shards the symbols are divided over; a replay has two', '1')
  .option('--json', 'prints the report on stdout, on one line')
  .action(async (options: BacktestCommandOptions) =>
    (await import('./backtest/backtest-command.ts')).runBacktestCommand(options),
  );

const commands = program
  .command('command')
  .description('asks something of an account: what there is, and sends it');

commands
  .command('list')
  .description('every command with its fields; those with a question mark may be left out')
  .option('--json', 'one JSON list')
  .action(async (options: ListOptions) =>
    (await import('./command/command-command.ts')).runCommandList(options),
  );

commands
  .command('show <name>')
  .description('the JSON Schema of what a command takes as --data')
  .action(async (name: string) => (await import('./command/command-command.ts')).runCommandShow(name));

commands
  .command('send <name>')
  .description('sends a command to a running system and awaits its answer; the same key acts once')
  .requiredOption('--tenant <id>', 'whose the account is')
  .requiredOption('--account <id>', 'the account: {uid}.{name}')
  .option('--data <json>', "the command's own fields, one JSON object")
  .addOption(new Option('--file <file>', 'reads them from a file; "-" is standard input').conflicts('data'))
  .option('--key <key>', 'makes it idempotent; a new one unless given')
  .option('--actor <name>', 'who; "cli:" and your login unless given')
  .option('--reason <text>', 'why, for commands that keep it')
  .option('--timeout <seconds>', 'how long to wait for the answer', '10')
  .option('--json', 'prints the answer as one JSON line')
  .addHelpText(
    'after',
    `
PUBSUB_EMULATOR_HOST and GOOGLE_CLOUD_PROJECT say where. For example:

  bellwether command send ClosePosition --tenant acme --account ann.main --reason "taking profit" \\
    --data '{"positionId": "p1", "symbol": "BTC-USDT", "size": {"share": "0.5"}}'`,
  )
  .action(async (name: string, options: SendOptions) =>
    (await import('./command/command-command.ts')).runCommandSend(name, options),
  );

const account = program
  .command('account')
  .description(
    'what stands in accounts: trading, cash, positions with exits, orders, triggers, broker differences',
  );
const accountCommand = (name: string, description: string): Command =>
  account
    .command(name)
    .description(description)
    .option(
      '--data-dir <dir>',
      'of a local cloud that is not running; without it FIRESTORE_EMULATOR_HOST says where',
    )
    .option('--json', 'prints it as JSON on one line');

accountCommand('list', 'every account, a line each')
  .option('--tenant <id>', 'those of this tenant alone')
  .action(async (options: AccountOptions) =>
    (await import('./account/account-command.ts')).runAccountList(options),
  );

accountCommand(
  'show <id>',
  'everything in one account, and the commands that settle where it and its broker differ',
).action(async (id: string, options: AccountOptions) =>
  (await import('./account/account-command.ts')).runAccountShow(id, options),
);

const kill = program
  .command('kill')
  .description(
    'halts trading, lifts a halt, and tells what is halted; needs nothing but Firestore to commit',
  );
const killScope = (): Option =>
  new Option('--scope <scope>', 'whose trading').choices(['account', 'user', 'tenant', 'global']);

kill
  .command('engage [id]')
  .description('halts an account, a user, a tenant (each by its id) or everything')
  .addOption(killScope().makeOptionMandatory())
  .requiredOption('--reason <text>', 'why; stored and shown with it')
  .option('--flatten', 'closes every position at the market first')
  .option('--until <when>', 'when it ends by itself: "30m", "2h", or a time with its zone')
  .option('--actor <name>', 'who; "cli:" and your login unless given')
  .option('--yes', 'confirms it: nobody is asked, and nothing is counted before it is committed')
  .option('--timeout <seconds>', 'how long to wait until every account has followed', '60')
  .option('--json', 'prints the outcome as one JSON line')
  .action(async (id: string | undefined, options: EngageOptions) =>
    (await import('./kill/kill-command.ts')).runEngage(id, options),
  );

kill
  .command('release [id]')
  .description('lifts the halt of that scope; what other scopes hold stays halted')
  .addOption(killScope().makeOptionMandatory())
  .requiredOption('--reason <text>', 'why; stored and shown with it')
  .option('--actor <name>', 'who; "cli:" and your login unless given')
  .option('--yes', 'confirms it: nobody is asked')
  .option('--timeout <seconds>', 'how long to wait until every account has followed', '60')
  .option('--json', 'prints the outcome as one JSON line')
  .action(async (id: string | undefined, options: ReleaseOptions) =>
    (await import('./kill/kill-command.ts')).runRelease(id, options),
  );

kill
  .command('status')
  .description('what is halted by user, tenant or globally, how far it is, and what is not closed yet')
  .option('--accounts', 'also every account that does not trade, and what holds it')
  .option('--json', 'prints it as one JSON line')
  .action(async (options: StatusOptions) => (await import('./kill/kill-command.ts')).runStatus(options));

program
  .command('rebuild')
  .description("folds every account's journal and compares what comes of it with the stored documents")
  .option(
    '--data-dir <dir>',
    'of a local cloud that is not running; without it FIRESTORE_EMULATOR_HOST says where',
  )
  .option('--account <id>', 'this account alone: {uid}.{name}')
  .addOption(
    new Option('--projection <name>', "what to rebuild: the account's state, or its books")
      .choices(['state', 'ledger'])
      .default('state'),
  )
  .option('--shards <n>', 'how the topology divides the symbols; SHARDS unless given, else 2')
  .option('--write', 'replaces documents that differ by what the journal says')
  .option('--yes', 'confirms --write')
  .option('--json', 'prints one JSON list of the accounts, on one line')
  .action(async (options: RebuildCommandOptions) =>
    (await import('./rebuild/rebuild-command.ts')).runRebuildCommand(options),
  );

program
  .command('verify')
  .description('recomputes from what is stored whether every account adds up: journal, state, books')
  .option(
    '--data-dir <dir>',
    'of a local cloud that is not running; without it FIRESTORE_EMULATOR_HOST says where',
  )
  .option('--account <id>', 'this account alone: {uid}.{name}')
  .option(
    '--patience <seconds>',
    'how long a running ledger may take to book what is committed; 10 unless given, 0 with --data-dir',
  )
  .option('--json', 'prints the report on stdout, on one line')
  .action(async (options: VerifyCommandOptions) =>
    (await import('./verify/verify-command.ts')).runVerifyCommand(options),
  );

const history = program
  .command('history')
  .description('reads and writes the ticks that BigQuery holds, of a running system or of a data directory');
const historyCommand = (name: string, description: string): Command =>
  history
    .command(name)
    .description(description)
    .option(
      '--data-dir <dir>',
      'of a local cloud that is not running; without it BIGQUERY_EMULATOR_HOST and the others say where',
    );
const selecting = (command: Command, kinds: readonly string[]): Command =>
  command
    .requiredOption('--symbol <symbol>', 'whose ticks')
    .requiredOption('--venue <venue>', 'where it is traded')
    .addOption(new Option('--kind <kind>', 'which ticks of it').choices(kinds).default('trade'))
    .requiredOption('--from <when>', 'a day (UTC), a time with its zone, or epoch milliseconds')
    .requiredOption('--to <when>', 'the same; it is not included');

selecting(
  historyCommand('candles', 'open, high, low, close, volume, vwap and count of every interval with ticks'),
  ['trade', 'quote', 'mark'],
)
  .requiredOption('--interval <length>', '1s, 5s, 15s, 30s, 1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 6h, 12h or 1d')
  .option('--json', 'one JSON object a line')
  .option('--csv', 'CSV with a header')
  .addHelpText(
    'after',
    '\nCandles are whole, and begin with the UTC day. Of quotes the middle of bid and ask counts.',
  )
  .action(async (options: CandlesOptions) => (await import('./history/read-command.ts')).runCandles(options));

selecting(historyCommand('ticks', 'the ticks themselves, in order of time'), ['trade', 'quote', 'mark'])
  .option('--json', 'one JSON object a line')
  .option('--csv', 'CSV with a header')
  .action(async (options: TicksOptions) => (await import('./history/read-command.ts')).runTicks(options));

selecting(
  historyCommand('export <file.csv.gz>', 'writes ticks as a tape, which replays play and imports take'),
  ['trade', 'quote'],
).action(async (file: string, options: ExportOptions) =>
  (await import('./history/export-command.ts')).runHistoryExport(file, options),
);

historyCommand(
  'import <tapes...>',
  'writes recorded tapes to BigQuery; one that is there before adds nothing',
)
  .option('--json', 'prints one JSON list of the tapes, on one line')
  .addHelpText(
    'after',
    '\nOver a running system it needs FIRESTORE_EMULATOR_HOST and BIGQUERY_STORAGE_HOST as well.',
  )
  .action(async (tapes: string[], options: ImportOptions) =>
    (await import('./history/import-command.ts')).runHistoryImport(tapes, options),
  );

const ledger = program.command('ledger').description('statements of what is booked, as CSV or JSON');
const statement = (name: string, description: string): Command =>
  ledger
    .command(name)
    .description(description)
    .requiredOption('--tenant <id>', 'whose')
    .option('--uid <id>', 'of this user alone')
    .option('--strategy <name>', 'of this strategy alone')
    .addOption(new Option('--side <side>', 'of this side alone').choices(['buy', 'sell']))
    .option('--from <when>', 'traded then or later: a day, UTC, or a time with its zone')
    .option('--before <when>', 'traded before')
    .option(
      '--data-dir <dir>',
      'of a local cloud that is not running; without it FIRESTORE_EMULATOR_HOST says where',
    )
    .addOption(
      new Option('--csv', 'CSV with a line of names; so it is unless --json is given').conflicts('json'),
    )
    .option('--json', 'one JSON list, on one line');
const periods = (): Option =>
  new Option('--period <period>', 'days, weeks from Monday, or months, UTC')
    .choices(['day', 'week', 'month'])
    .default('day');
const groups = (initial: string): Option =>
  new Option('--by <group>', 'a trade counts under each of its tags')
    .choices(['strategy', 'symbol', 'tag', 'none'])
    .default(initial);

statement('trades', 'the latest trades, or with --open what a user has open, newest first')
  .option('--open', 'what --uid has open')
  .option('--limit <n>', 'the most rows', '100')
  .action(async (options: TradesOptions) =>
    (await import('./ledger/ledger-command.ts')).runLedgerTrades(options),
  );

statement('pnl', 'realized profit and loss, fees and what remains, by period and group')
  .addOption(periods())
  .addOption(groups('strategy'))
  .action(async (options: PnlOptions) => (await import('./ledger/ledger-command.ts')).runLedgerPnl(options));

statement('fees', 'fees paid, by period and group')
  .addOption(periods())
  .addOption(groups('none'))
  .action(async (options: PnlOptions) => (await import('./ledger/ledger-command.ts')).runLedgerFees(options));

ledger
  .command('balances')
  .description('what is booked on each ledger account, summed over the accounts of a tenant or of all')
  .option('--tenant <id>', 'of this tenant')
  .addOption(new Option('--house', 'of all tenants').conflicts('tenant'))
  .option(
    '--data-dir <dir>',
    'of a local cloud that is not running; without it FIRESTORE_EMULATOR_HOST says where',
  )
  .addOption(
    new Option('--csv', 'CSV with a line of names; so it is unless --json is given').conflicts('json'),
  )
  .option('--json', 'one JSON list, on one line')
  .action(async (options: BalancesOptions) =>
    (await import('./ledger/ledger-command.ts')).runLedgerBalances(options),
  );

const archive = program
  .command('archive')
  .description(
    'trades of positions that were closed long ago, in files: ARCHIVE_DIR, ARCHIVE_BUCKET or the data directory',
  );
const onArchive = (name: string, description: string): Command =>
  archive
    .command(name)
    .description(description)
    .option('--tenant <id>', 'of this tenant alone')
    .option(
      '--data-dir <dir>',
      'of a local cloud that is not running; without it FIRESTORE_EMULATOR_HOST says where',
    )
    .option('--json', 'one JSON list, on one line');

onArchive(
  'run',
  'moves trades into files, reads those back, and deletes then; goes on where another run ended',
)
  .option('--older-than <days>', 'how long ago their positions were closed', '30')
  .action(async (options: ArchiveRunOptions) =>
    (await import('./archive/archive-command.ts')).runArchive(options),
  );

onArchive('list', 'what is archived').action(async (options: ArchiveOptions) =>
  (await import('./archive/archive-command.ts')).runArchiveList(options),
);

onArchive('verify', 'reads every file back, and holds it against its hash, counts and sums').action(
  async (options: ArchiveOptions) => (await import('./archive/archive-command.ts')).runArchiveVerify(options),
);

const credits = program
  .command('credits')
  .description(
    'what an account may spend on metered commands, and what moved it; needs nothing but Firestore',
  );
const onCredits = (name: string, description: string): Command =>
  credits
    .command(name)
    .description(description)
    .option(
      '--data-dir <dir>',
      'of a local cloud that is not running; without it FIRESTORE_EMULATOR_HOST says where',
    )
    .option('--json', 'one JSON object, on one line');
const told = (command: Command): Command =>
  command
    .requiredOption('--reason <text>', 'why; stored and shown with it')
    .option('--actor <name>', 'who; "cli:" and your login unless given')
    .option('--key <key>', 'makes it happen once, however often it is sent');

told(onCredits('grant <account> <amount>', 'gives an account ({uid}.{name}) credits')).action(
  async (id: string, amount: string, options: GrantOptions) =>
    (await import('./credits/credits-command.ts')).runCreditsGrant(id, amount, options),
);

told(
  onCredits('price <account> <command> <amount|off>', 'what a command costs an account from now on'),
).action(async (id: string, command: string, price: string, options: GrantOptions) =>
  (await import('./credits/credits-command.ts')).runCreditsPrice(id, command, price, options),
);

onCredits(
  'show <account>',
  'what is available and reserved, and the latest transactions with the balance after each',
)
  .option('--limit <n>', 'the most transactions', '20')
  .action(async (id: string, options: ShowOptions) =>
    (await import('./credits/credits-command.ts')).runCreditsShow(id, options),
  );

program
  .command('pulse')
  .description(
    'open P&L, equity, exposure and drawdown at the last prices, live: of all tenants, one, or an account',
  )
  .option('--tenant <id>', 'its accounts')
  .addOption(new Option('--account <id>', 'its positions: {uid}.{name}').conflicts('tenant'))
  .option('--url <url>', 'of a running pulse on this machine; without it PULSE_URL says where')
  .option('--once', 'ends after the first')
  .option('--json', 'one JSON object a line')
  .action(async (options: PulseOptions) => (await import('./pulse/pulse-command.ts')).runPulse(options));

const channels = program.command('channels').description("where a tenant's alerts go");
const ofTenant = (command: Command): Command =>
  command
    .requiredOption('--tenant <id>', 'whose')
    .option(
      '--data-dir <dir>',
      'of a local cloud that is not running; without it FIRESTORE_EMULATOR_HOST says where',
    )
    .option('--json', 'prints the outcome as one JSON line');

ofTenant(
  channels.command('list', { isDefault: true }).description('each with its kind, its state and why'),
).action(async (options: ChannelsOptions) =>
  (await import('./channels/channels-command.ts')).runChannelsList(options),
);

ofTenant(channels.command('add <id> <file.json>').description('adds a channel, or puts another in its place'))
  .addHelpText(
    'after',
    `
The file ("-" reads stdin) holds one JSON object:
  {"kind": "discordWebhook", "url": "https://discord.com/api/webhooks/ID/TOKEN"}
  {"kind": "discordBot", "channelId": "...", "botToken": "..."}
  {"kind": "webhook", "url": "https://..."}   signed by Standard Webhooks; without "secrets" one is made and shown once
  {"kind": "slack", "url": "https://hooks.slack.com/services/..."}
  {"kind": "telegram", "botToken": "123:...", "chatId": "..."}
  {"kind": "email", "host": "...", "port": 587, "security": "startTls", "username": "...", "password": "...",
   "from": "...", "to": ["..."]}`,
  )
  .action(async (id: string, file: string, options: ChannelsOptions) =>
    (await import('./channels/channels-command.ts')).runChannelsAdd(id, file, options),
  );

ofTenant(channels.command('disable <id>').description('sends it no alerts any more'))
  .option('--reason <text>', 'why; shown with it', 'disabled by hand')
  .action(async (id: string, options: ChannelDisableOptions) =>
    (await import('./channels/channels-command.ts')).runChannelsDisable(id, options),
  );

ofTenant(channels.command('enable <id>').description('sends it alerts again')).action(
  async (id: string, options: ChannelsOptions) =>
    (await import('./channels/channels-command.ts')).runChannelsEnable(id, options),
);

ofTenant(
  program
    .command('notify')
    .description('tries out how a tenant is told')
    .command('test')
    .description('sends a marked message to a channel, active or not, and tells what came of it'),
)
  .requiredOption('--channel <id>', 'which')
  .option('--actor <name>', 'who asks, as the message says; "cli:" and your login unless given')
  .action(async (options: NotifyTestOptions) =>
    (await import('./notify/notify-command.ts')).runNotifyTest(options),
  );

const dlq = program
  .command('dlq')
  .description(
    'alerts that no channel took, and messages that nobody could process; nothing of it disappears',
  );
const deadLetters = (command: Command): Command =>
  command
    .option('--tenant <id>', 'the alerts of this tenant alone')
    .option(
      '--data-dir <dir>',
      'of a local cloud that is not running; without it FIRESTORE_EMULATOR_HOST and PUBSUB_EMULATOR_HOST say where',
    )
    .option('--json', 'prints the outcome as one JSON line');
const chosen = (command: Command): Command =>
  deadLetters(command)
    .option('--cause <text>', 'all of this cause, as `dlq groups` words it')
    .option('--all', 'all of them')
    .option('--actor <name>', 'who; "cli:" and your login unless given');

deadLetters(dlq.command('list', { isDefault: true }).description('the latest first'))
  .option('--cause <text>', 'of this cause alone, as `dlq groups` words it')
  .option('--acted', 'also messages that somebody has retried or discarded')
  .option('--limit <n>', 'the most of them', '50')
  .action(async (options: DlqListOptions) => (await import('./dlq/dlq-command.ts')).runDlqList(options));

deadLetters(dlq.command('groups').description('how many of each cause, the most first')).action(
  async (options: DlqOptions) => (await import('./dlq/dlq-command.ts')).runDlqGroups(options),
);

deadLetters(dlq.command('show <id>').description('all that is known of one, and what was done to it')).action(
  async (id: string, options: DlqOptions) => (await import('./dlq/dlq-command.ts')).runDlqShow(id, options),
);

chosen(dlq.command('retry [ids...]').description('tells alerts, and publishes messages, once more'))
  .option('--again', 'also an alert that was sent, which then is marked as a possible repeat')
  .action(async (ids: string[], options: DlqRetryOptions) =>
    (await import('./dlq/dlq-command.ts')).runDlqRetry(ids, options),
  );

deadLetters(dlq.command('edit <id>').description('changes one and retries it; what it was is kept'))
  .option('--channel <id>', 'of an alert: the channel that is told instead')
  .option('--data <file>', 'of a message: what is published instead')
  .option('--attribute <name=value>', 'of a message: another attribute (may be given again)', collect, [])
  .option('--actor <name>', 'who; "cli:" and your login unless given')
  .action(async (id: string, options: DlqEditOptions) =>
    (await import('./dlq/dlq-command.ts')).runDlqEdit(id, options),
  );

chosen(dlq.command('discard [ids...]').description('lists them no more; they are kept, with the reason'))
  .requiredOption('--reason <text>', 'why; stored with it')
  .action(async (ids: string[], options: DlqDiscardOptions) =>
    (await import('./dlq/dlq-command.ts')).runDlqDiscard(ids, options),
  );

const cloud = program
  .command('cloud')
  .description('runs the local cloud alone and prints one JSON line when it is ready')
  .addOption(port('--pubsub-port <port>', 'Pub/Sub (gRPC and REST)'))
  .addOption(port('--firestore-port <port>', 'Firestore (gRPC and REST)'))
  .addOption(port('--bigquery-port <port>', 'BigQuery and Cloud Storage (HTTP)'))
  .addOption(port('--bigquery-storage-port <port>', "BigQuery's Storage Write API (gRPC)"))
  .addOption(port('--discord-port <port>', 'the Discord sink (HTTP)'))
  .addOption(port('--ops-port <port>', 'statistics, faults and requests (HTTP)'))
  .option('--data-dir <dir>', 'keeps what it acknowledged here; without it everything is in memory')
  .option(
    '--indexes <file|off>',
    'a firestore.indexes.json: queries without their index are refused, as in production; off, as without it, ' +
      'answers them all',
  )
  .addOption(
    new Option(
      '--bigquery-new-table-ms <ms>',
      'BigQuery does not find a table to stream into before it is this old, as in production',
    )
      .argParser(Number)
      .default(0),
  )
  .option('--no-discord-limits', 'the Discord sink never answers 429')
  .option('--project <id>', 'the project of requests that name none', 'bellwether-local')
  .addHelpText(
    'after',
    `
The line that says ready holds under "environment" what a process needs for Google's clients, unchanged, to find the
cloud: PUBSUB_EMULATOR_HOST, FIRESTORE_EMULATOR_HOST, BIGQUERY_EMULATOR_HOST, STORAGE_EMULATOR_HOST and others. SIGINT
and SIGTERM stop it.`,
  )
  .action(async (options: CloudCommandOptions) => (await import('./cloud/run-cloud.ts')).runCloud(options));

cloud
  .command('export <file>')
  .description('writes all that a stopped local cloud keeps into one file')
  .action(async (file: string, _: object, command: Command) =>
    (await import('./cloud/state-command.ts')).runExport(file, command.optsWithGlobals<StateOptions>()),
  );

cloud
  .command('import <file>')
  .description('makes a new data directory of an exported file')
  .action(async (file: string, _: object, command: Command) =>
    (await import('./cloud/state-command.ts')).runImport(file, command.optsWithGlobals<StateOptions>()),
  );

program
  .command('indexes')
  .description(
    'lists what the Firestore queries of a running local cloud lacked, as firestore.indexes.json takes it',
  )
  .option('--ops <url>', 'where its ops server listens; CLOUD_OPS_URL unless given')
  .option('--json', 'prints the entries alone, on one line')
  .action(async (options: IndexesOptions) =>
    (await import('./cloud/indexes-command.ts')).runIndexes(options),
  );

// This command talks to the local cloud alone: Google's clients must not look for a metadata server.
process.env['METADATA_SERVER_DETECTION'] ??= 'none';
await program.parseAsync();

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}
