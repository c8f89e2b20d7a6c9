import { moreAnswers } from './bigquery-golden-more.ts';
import { tradingAnswers } from './bigquery-golden-trading.ts';

/** The table `d.trades` that the statements read. */
export const fields = [
  { name: 'id', type: 'INT64', mode: 'REQUIRED' },
  { name: 'symbol', type: 'STRING' },
  { name: 'price', type: 'NUMERIC' },
  { name: 'size', type: 'FLOAT64' },
  { name: 'at', type: 'TIMESTAMP' },
  { name: 'day', type: 'DATE' },
  { name: 'live', type: 'BOOL' },
  { name: 'note', type: 'STRING' },
  { name: 'raw', type: 'BYTES' },
  { name: 'extra', type: 'JSON' },
  { name: 'tags', type: 'STRING', mode: 'REPEATED' },
];

export const trades = [
  {
    id: 1,
    symbol: 'AAPL',
    price: '100.10',
    size: 2.5,
    at: '2024-01-01T10:00:00.000001Z',
    day: '2024-01-01',
    live: true,
    note: 'first',
    raw: 'eHk=',
    extra: '{"a":1}',
    tags: ['x', 'y'],
  },
  {
    id: 2,
    symbol: 'AAPL',
    price: '100.30',
    size: 1,
    at: '2024-01-01T10:00:30Z',
    day: '2024-01-01',
    live: true,
  },
  {
    id: 3,
    symbol: 'MSFT',
    price: '50.05',
    size: 4,
    at: '2024-01-01T10:01:00Z',
    day: '2024-01-01',
    live: false,
    note: 'a_b',
  },
  { id: 4, symbol: 'MSFT', at: '2024-01-02T00:00:00Z', day: '2024-01-02', note: 'ABC' },
  {
    id: 5,
    symbol: 'TSLA',
    price: '0.000000001',
    size: 3,
    at: '1969-12-31T23:59:59.5Z',
    day: '1969-12-31',
    live: false,
    note: '',
  },
];

/** Each statement with the rows that BigQuery answers, values in the order of the columns. */
export const answers: readonly (readonly [string, readonly (readonly unknown[])[]])[] = [
  // Literals and types
  [
    `SELECT 1, 1.5, 'x', TRUE, NULL, NUMERIC '1.50', DATE '2024-02-29'`,
    [[1, 1.5, 'x', true, null, '1.5', '2024-02-29']],
  ],
  [`SELECT "it's", 'say \\'hi\\'', r'\\d', 'tab\\there'`, [["it's", "say 'hi'", '\\d', 'tab\there']]],
  [
    `SELECT TIMESTAMP '2024-01-01 00:00:00+02:00', TIMESTAMP '2024-01-01'`,
    [['2023-12-31T22:00:00.000Z', '2024-01-01T00:00:00.000Z']],
  ],
  [
    'SELECT CAST(-9223372036854775808 AS STRING), 9223372036854775807 - 9223372036854775806',
    [['-9223372036854775808', 1]],
  ],
  // Arithmetic
  ['SELECT 7 / 2, DIV(7, 2), DIV(-7, 2), MOD(-7, 2), -(3 - 5)', [[3.5, 3, -3, -1, 2]]],
  ['SELECT SAFE_DIVIDE(1, 0), SAFE_DIVIDE(6, 4), SAFE_DIVIDE(NUMERIC "1", 3)', [[null, 1.5, '0.333333333']]],
  [
    `SELECT NUMERIC '10' / 3, NUMERIC '-2' / 3, NUMERIC '1.000000001' * NUMERIC '1.5'`,
    [['3.333333333', '-0.666666667', '1.500000002']],
  ],
  [
    `SELECT price * 1.5, price + 1, size * 2, size + price FROM d.trades WHERE id = 1`,
    [['150.15', '101.1', 5, 102.6]],
  ],
  [`SELECT NUMERIC '0.1' + NUMERIC '0.2' = NUMERIC '0.3', 0.1 + 0.2 = 0.3`, [[true, false]]],
  [
    `SELECT ROUND(NUMERIC '2.345', 2), ROUND(-2.5), ROUND(5), FLOOR(NUMERIC '-1.5'), CEIL(1.2), ABS(-3)`,
    [['2.35', -3, 5, '-2', 2, 3]],
  ],
  // Casts
  [
    `SELECT CAST('12' AS INT64), CAST('1.5e3' AS FLOAT64), CAST('-0.0000000005' AS NUMERIC), CAST('TRUE' AS BOOL)`,
    [[12, 1500, '-0.000000001', true]],
  ],
  [
    'SELECT CAST(2.5 AS INT64), CAST(-2.5 AS INT64), CAST(NUMERIC "2.5" AS INT64), CAST(0.1 AS NUMERIC), CAST(TRUE AS INT64)',
    [[3, -3, 3, '0.1', 1]],
  ],
  [
    `SELECT CAST(NUMERIC '1.50' AS STRING), CAST(7 AS STRING), CAST(DATE '2024-01-05' AS STRING), CAST(FALSE AS STRING)`,
    [['1.5', '7', '2024-01-05', 'false']],
  ],
  [`SELECT SAFE_CAST('x' AS INT64), SAFE_CAST('7' AS INT64), SAFE_CAST('no' AS BOOL)`, [[null, 7, null]]],
  [
    `SELECT CAST('2024-01-01T10:00:00Z' AS TIMESTAMP), CAST(DATE '2024-01-01' AS TIMESTAMP), CAST(at AS DATE) FROM d.trades WHERE id = 5`,
    [['2024-01-01T10:00:00.000Z', '2024-01-01T00:00:00.000Z', '1969-12-31']],
  ],
  [
    `SELECT CAST('2024-01-02 03:04:05.5+01' AS TIMESTAMP), CAST('2024-01-02T03:04:05 -05:30' AS TIMESTAMP), TIMESTAMP('2024-01-02 03:04:05+01:00'), SAFE_CAST('2024-01-02 25:00:00+01' AS TIMESTAMP), CAST('2024-01-02 03:04:05 UTC' AS TIMESTAMP)`,
    [
      [
        '2024-01-02T02:04:05.500Z',
        '2024-01-02T08:34:05.000Z',
        '2024-01-02T02:04:05.000Z',
        null,
        '2024-01-02T03:04:05.000Z',
      ],
    ],
  ],
  [
    `SELECT CAST('1e3' AS NUMERIC), CAST(' -1.5E-3 ' AS NUMERIC), SAFE_CAST('1e40' AS NUMERIC), SAFE_CAST('e3' AS NUMERIC)`,
    [['1000', '-0.0015', null, null]],
  ],
  // Conditions
  ['SELECT id FROM d.trades WHERE live AND size > 1 OR id = 5 ORDER BY id', [[1], [5]]],
  ['SELECT id FROM d.trades WHERE NOT live ORDER BY id', [[3], [5]]],
  ['SELECT id FROM d.trades WHERE symbol IN ("AAPL", "TSLA") AND id NOT IN (2) ORDER BY id', [[1], [5]]],
  ['SELECT id FROM d.trades WHERE price BETWEEN 50 AND 100.1 ORDER BY id', [[1], [3]]],
  [`SELECT id FROM d.trades WHERE note LIKE 'a\\\\_b' OR note LIKE 'fir%' ORDER BY id`, [[1], [3]]],
  ['SELECT id FROM d.trades WHERE price IS NULL OR live IS NOT TRUE ORDER BY id', [[3], [4], [5]]],
  ['SELECT NULL = 1, NULL IN (1), 1 IN (2, NULL), NOT CAST(NULL AS BOOL)', [[null, null, null, null]]],
  [`SELECT id FROM d.trades WHERE at < '2024-01-01' OR day = '2024-01-02' ORDER BY id`, [[4], [5]]],
  [
    `SELECT IF(id > 3, 'late', 'early'), CASE symbol WHEN 'AAPL' THEN 1 ELSE 2.5 END FROM d.trades WHERE id IN (1, 4) ORDER BY id`,
    [
      ['early', 1],
      ['late', 2.5],
    ],
  ],
  [
    `SELECT COALESCE(NULL, note, 'none'), IFNULL(price, 0), NULLIF(id, 4) FROM d.trades WHERE id IN (2, 4) ORDER BY id`,
    [
      ['none', '100.3', 2],
      ['ABC', '0', null],
    ],
  ],
  ['SELECT GREATEST(1, 2.5), LEAST(3, 1, 2), GREATEST(1, NULL)', [[2.5, 1, null]]],
  // Text
  [
    `SELECT CONCAT('a', 'b'), 'a' || NULL, LOWER('AbÉ'), UPPER('abé'), LENGTH('héé'), LENGTH(b'abc')`,
    [['ab', null, 'abé', 'ABÉ', 3, 3]],
  ],
  [
    `SELECT SUBSTR('apple', 2), SUBSTR('apple', 0, 2), SUBSTR('apple', -3, 2), SUBSTR('apple', -10, 3), SUBSTR('apple', 9)`,
    [['pple', 'ap', 'pl', 'app', '']],
  ],
  [
    `SELECT STARTS_WITH('apple', 'ap'), ENDS_WITH('apple', 'x'), STARTS_WITH(NULL, 'a')`,
    [[true, false, null]],
  ],
  // Time
  [
    'SELECT UNIX_SECONDS(at), UNIX_MILLIS(at), UNIX_MICROS(at) FROM d.trades WHERE id IN (1, 5) ORDER BY id',
    [
      [1704103200, 1704103200000, 1704103200000001],
      [-1, -500, -500000],
    ],
  ],
  [
    'SELECT TIMESTAMP_SECONDS(0), UNIX_MICROS(TIMESTAMP_MILLIS(-1)), TIMESTAMP_MICROS(1)',
    [['1970-01-01T00:00:00.000Z', -1000, '1970-01-01T00:00:00.000001000Z']],
  ],
  [
    `SELECT TIMESTAMP_TRUNC(at, MINUTE), TIMESTAMP_TRUNC(at, DAY, 'UTC') FROM d.trades WHERE id IN (2, 5) ORDER BY id`,
    [
      ['2024-01-01T10:00:00.000Z', '2024-01-01T00:00:00.000Z'],
      ['1969-12-31T23:59:00.000Z', '1969-12-31T00:00:00.000Z'],
    ],
  ],
  [
    `SELECT TIMESTAMP_TRUNC(TIMESTAMP '2024-01-03', WEEK), TIMESTAMP_TRUNC(TIMESTAMP '2024-01-03', ISOWEEK), TIMESTAMP_TRUNC(TIMESTAMP '2024-01-07', WEEK)`,
    [['2023-12-31T00:00:00.000Z', '2024-01-01T00:00:00.000Z', '2024-01-07T00:00:00.000Z']],
  ],
  [
    `SELECT TIMESTAMP_ADD(TIMESTAMP '2024-01-01', INTERVAL 90 MINUTE), TIMESTAMP_SUB(TIMESTAMP '2024-01-01', INTERVAL 1 DAY)`,
    [['2024-01-01T01:30:00.000Z', '2023-12-31T00:00:00.000Z']],
  ],
  [
    `SELECT TIMESTAMP_DIFF(TIMESTAMP '2024-01-01 10:59:59', TIMESTAMP '2024-01-01 10:01:00', MINUTE), TIMESTAMP_DIFF(TIMESTAMP '2024-01-01 10:00:00', TIMESTAMP '2024-01-01 10:59:59', HOUR), TIMESTAMP_DIFF(TIMESTAMP '2024-01-02', TIMESTAMP '2024-01-01 00:00:01', DAY)`,
    [[58, 0, 0]],
  ],
  [
    `SELECT DATE(at), DATE(2024, 2, 29), DATE_ADD(DATE '2024-01-31', INTERVAL 1 MONTH), DATE_DIFF(DATE '2024-03-01', DATE '2024-02-28', DAY) FROM d.trades WHERE id = 4`,
    [['2024-01-02', '2024-02-29', '2024-02-29', 2]],
  ],
  [
    `SELECT EXTRACT(HOUR FROM at), EXTRACT(DAYOFWEEK FROM at), EXTRACT(YEAR FROM day), EXTRACT(MILLISECOND FROM TIMESTAMP '2024-01-01 00:00:07.125') FROM d.trades WHERE id = 1`,
    [[10, 2, 2024, 125]],
  ],
  // Aggregates
  [
    'SELECT COUNT(*), COUNT(price), COUNT(DISTINCT symbol), SUM(id), SUM(price), AVG(id), MAX(at), MAX(note) FROM d.trades',
    [[5, 4, 3, 15, '250.450000001', 3, '2024-01-02T00:00:00.000Z', 'first']],
  ],
  [
    'SELECT AVG(price), SUM(size), COUNTIF(live), ANY_VALUE(symbol), LOGICAL_OR(live) FROM d.trades WHERE symbol = "AAPL"',
    [['100.2', 3.5, 2, 'AAPL', true]],
  ],
  [
    'SELECT COUNT(*), SUM(id), AVG(price), MIN(symbol), COUNTIF(live) FROM d.trades WHERE FALSE',
    [[0, null, null, null, 0]],
  ],
  [
    'SELECT symbol, MIN_BY(price, at), MAX_BY(price, at), MAX_BY(id, price) FROM d.trades GROUP BY symbol ORDER BY symbol',
    [
      ['AAPL', '100.1', '100.3', 2],
      ['MSFT', '50.05', null, 3],
      ['TSLA', '0.000000001', '0.000000001', 5],
    ],
  ],
  [
    'SELECT symbol AS s, COUNT(*) AS n FROM d.trades GROUP BY s HAVING n > 1 ORDER BY n DESC, s DESC',
    [
      ['MSFT', 2],
      ['AAPL', 2],
    ],
  ],
  [
    'SELECT TIMESTAMP_TRUNC(at, MINUTE) AS minute, SUM(size) FROM d.trades WHERE symbol = "AAPL" GROUP BY TIMESTAMP_TRUNC(at, MINUTE) ORDER BY minute',
    [['2024-01-01T10:00:00.000Z', 3.5]],
  ],
  [
    'SELECT live, COUNT(*) FROM d.trades GROUP BY 1 ORDER BY 1',
    [
      [null, 1],
      [false, 2],
      [true, 2],
    ],
  ],
  ['SELECT DISTINCT symbol FROM d.trades ORDER BY symbol DESC', [['TSLA'], ['MSFT'], ['AAPL']]],
  // Order
  ['SELECT id FROM d.trades ORDER BY price, id', [[4], [5], [3], [1], [2]]],
  ['SELECT id FROM d.trades ORDER BY price DESC, id LIMIT 2 OFFSET 3', [[5], [4]]],
  ['SELECT id FROM d.trades ORDER BY price NULLS LAST LIMIT 1', [[5]]],
  // Joins, subqueries
  [
    'SELECT a.id, b.id AS other FROM d.trades a JOIN d.trades b ON a.symbol = b.symbol AND a.id < b.id ORDER BY 1',
    [
      [1, 2],
      [3, 4],
    ],
  ],
  [
    'SELECT id, name FROM d.trades LEFT JOIN (SELECT 1 AS id, "one" AS name) USING (id) ORDER BY id LIMIT 2',
    [
      [1, 'one'],
      [2, null],
    ],
  ],
  ['SELECT t.id, s.n FROM d.trades t, (SELECT COUNT(*) AS n FROM d.trades) s WHERE t.id = 1', [[1, 5]]],
  [
    'WITH big AS (SELECT id, price FROM d.trades WHERE price > 60), one AS (SELECT MAX(price) AS top FROM big) SELECT id FROM big JOIN one ON big.price = one.top',
    [[2]],
  ],
  [
    'SELECT id FROM d.trades t WHERE price = (SELECT MAX(price) FROM d.trades u WHERE u.symbol = t.symbol) ORDER BY id',
    [[2], [3], [5]],
  ],
  [
    'SELECT id FROM d.trades t WHERE EXISTS (SELECT 1 FROM d.trades u WHERE u.symbol = t.symbol AND u.id > t.id) ORDER BY id',
    [[1], [3]],
  ],
  [
    'SELECT id FROM d.trades WHERE symbol IN (SELECT symbol FROM d.trades WHERE live) ORDER BY id',
    [[1], [2]],
  ],
  ['SELECT 1 AS a UNION ALL SELECT 2.5 UNION ALL SELECT 1 ORDER BY a DESC', [[2.5], [1], [1]]],
  [
    'SELECT * EXCEPT (at, day, raw, extra, tags, note) FROM `demo.d.trades` WHERE id = 3',
    [[3, 'MSFT', '50.05', 4, false]],
  ],
  [
    'SELECT raw, extra, tags, ARRAY_LENGTH(tags) FROM demo.d.trades WHERE id < 3 ORDER BY id',
    [
      ['eHk=', '{"a":1}', ['x', 'y'], 2],
      [null, null, [], 0],
    ],
  ],
  // Windows
  [
    'SELECT id, ROW_NUMBER() OVER (PARTITION BY symbol ORDER BY at DESC) FROM d.trades ORDER BY id',
    [
      [1, 2],
      [2, 1],
      [3, 2],
      [4, 1],
      [5, 1],
    ],
  ],
  [
    'SELECT id, LAG(id) OVER w, LEAD(id, 2, 0) OVER w, FIRST_VALUE(id) OVER w FROM d.trades WINDOW w AS (ORDER BY id) ORDER BY id LIMIT 2',
    [
      [1, null, 3, 1],
      [2, 1, 4, 1],
    ],
  ],
  [
    'SELECT id, LAST_VALUE(note IGNORE NULLS) OVER (ORDER BY id) FROM d.trades ORDER BY id LIMIT 2',
    [
      [1, 'first'],
      [2, 'first'],
    ],
  ],
  [
    'SELECT id, SUM(size) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM d.trades ORDER BY id',
    [
      [1, 2.5],
      [2, 3.5],
      [3, 5],
      [4, 4],
      [5, 3],
    ],
  ],
  [
    'SELECT id FROM d.trades WHERE TRUE QUALIFY ROW_NUMBER() OVER (PARTITION BY symbol ORDER BY id) = 1 ORDER BY id',
    [[1], [3], [5]],
  ],
  ...moreAnswers,
  ...tradingAnswers,
];

/** Each statement with the reason and a part of the message of its refusal. */
export const refusals: readonly (readonly [string, string, string])[] = [
  ['SELECT 1 / 0', 'invalidQuery', 'division by zero'],
  ['SELECT MOD(1, 0)', 'invalidQuery', 'division by zero'],
  ['SELECT NUMERIC "1" / 0', 'invalidQuery', 'division by zero'],
  ['SELECT 1e308 * 10', 'invalidQuery', 'overflow'],
  ['SELECT 9223372036854775807 + 1', 'invalidQuery', 'Overflow'],
  ['SELECT SUM(x) FROM (SELECT 9223372036854775807 AS x UNION ALL SELECT 1)', 'invalidQuery', 'out of range'],
  [`SELECT CAST('1_0' AS INT64)`, 'invalidQuery', 'Bad INT64 value: 1_0'],
  [`SELECT SAFE_CAST('0x1F' AS INT64)`, 'invalidQuery', 'Hexadecimal'],
  [`SELECT CAST('yes' AS BOOL)`, 'invalidQuery', 'Bad BOOL value'],
  [`SELECT CAST('nan' AS FLOAT64)`, 'invalidQuery', 'Bad FLOAT64 value'],
  [`SELECT TIMESTAMP 'yesterday'`, 'invalidQuery', 'Could not cast literal'],
  ['SELECT nope FROM d.trades', 'invalidQuery', 'Unrecognized name: nope'],
  ['SELECT id FROM d.trades a JOIN d.trades b ON a.id = b.id', 'invalidQuery', 'ambiguous'],
  ['SELECT id AS x FROM d.trades WHERE x = 1', 'invalidQuery', 'Unrecognized name: x'],
  ['SELECT * FROM d.nope', 'notFound', 'Not found: Table demo:d.nope'],
  ['SELECT * FROM trades', 'invalidQuery', 'must be qualified with a dataset'],
  ['SELECT id, SUM(size) FROM d.trades', 'invalidQuery', 'GROUP BY'],
  [`SELECT id FROM d.trades WHERE symbol = 1`, 'invalidQuery', 'No matching signature'],
  ['SELECT id FROM d.trades WHERE id', 'invalidQuery', 'cannot use INT64 as BOOL'],
  ['SELECT extra FROM d.trades GROUP BY extra', 'invalidQuery', 'No matching signature'],
  ['SELECT (SELECT id FROM d.trades)', 'invalidQuery', 'More than one row'],
  ['SELECT id FROM', 'invalidQuery', 'Syntax error'],
  ['SELECT 1 UNION SELECT 2', 'invalidQuery', 'Expected keyword ALL or DISTINCT'],
  ['SELECT 1; SELECT 2', 'invalidQuery', 'A script'],
  ['SELECT REGEXP_CONTAINS(symbol, note) FROM d.trades', 'invalidQuery', 'not a literal'],
  ['SELECT LEN(symbol) FROM d.trades', 'invalidQuery', 'Function not found'],
  ['SELECT APPROX_TOP_COUNT(id, 2) FROM d.trades', 'invalidQuery', 'Function not found'],
  ['SELECT id::STRING FROM d.trades', 'invalidQuery', 'not supported'],
  ['SELECT id FROM d.trades TABLESAMPLE SYSTEM (10 PERCENT)', 'invalidQuery', 'not supported'],
  ['SELECT id FROM d.trades FOR SYSTEM_TIME AS OF TIMESTAMP "2024-01-01"', 'invalidQuery', 'not supported'],
  ['SELECT AS STRUCT id FROM d.trades', 'invalidQuery', 'not supported'],
  ['SELECT ROLLUP(id) FROM d.trades', 'invalidQuery', 'ROLLUP'],
  ['SELECT id FROM d.trades GROUP BY ROLLUP(extra)', 'invalidQuery', 'No matching signature'],
  ['SELECT tags[OFFSET(5)] FROM d.trades', 'invalidQuery', 'out of bounds'],
  ['SELECT DATE(at, "Europe/Nowhere") FROM d.trades', 'invalidQuery', 'Invalid time zone'],
  [`SELECT SAFE.SUBSTR('a', 1, -1)`, 'invalidQuery', 'SAFE.SUBSTR is not supported'],
  [`SELECT TIMESTAMP_BUCKET(at, INTERVAL 0 MINUTE) FROM d.trades`, 'invalidQuery', 'width must be positive'],
  [`SELECT TIMESTAMP_BUCKET(at, INTERVAL 1 MONTH) FROM d.trades`, 'invalidQuery', 'MONTH is not supported'],
  [`SELECT at + INTERVAL 1 MONTH FROM d.trades`, 'invalidQuery', 'does not support MONTH'],
  ['SELECT at - at FROM d.trades', 'invalidQuery', 'No matching signature'],
  [`SELECT FORMAT('%s', id) FROM d.trades`, 'invalidQuery', 'FORMAT %s'],
  [`SELECT FORMAT('%d %d', 1)`, 'invalidQuery', 'Too few arguments'],
  [`SELECT FORMAT('%T', id) FROM d.trades`, 'invalidQuery', 'not supported'],
  [`SELECT FORMAT_TIMESTAMP('%Ez', at) FROM d.trades`, 'invalidQuery', 'not supported'],
  [`SELECT INT64(JSON '"x"')`, 'invalidQuery', 'not of the type INT64'],
  [`SELECT PARSE_JSON('{')`, 'invalidQuery', 'Invalid input to PARSE_JSON'],
  ['SELECT TO_JSON_STRING(at) FROM d.trades', 'invalidQuery', 'not supported'],
  [
    'SELECT SUM(size) OVER (ORDER BY size RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM d.trades',
    'invalidQuery',
    'RANGE of numbers',
  ],
  ['SELECT PERCENTILE_CONT(size, 0.5) FROM d.trades', 'invalidQuery', 'without an OVER clause'],
  [
    'SELECT PERCENTILE_CONT(size, 0.5) OVER (ORDER BY id) FROM d.trades',
    'invalidQuery',
    'ORDER BY is not allowed',
  ],
  ['SELECT APPROX_QUANTILES(size, id) FROM d.trades', 'invalidQuery', 'not supported'],
  [
    'SELECT * FROM (SELECT symbol, size FROM d.trades) PIVOT (ARRAY_AGG(size) FOR symbol IN ("A"))',
    'invalidQuery',
    'ARRAY AGG in PIVOT',
  ],
  [
    'SELECT * FROM (SELECT symbol, size FROM d.trades) PIVOT (SUM(size), COUNT(*) FOR symbol IN ("A"))',
    'invalidQuery',
    'must have an alias',
  ],
  [
    'SELECT * FROM (SELECT 1 AS a, "x" AS b) UNPIVOT (v FOR k IN (a, b))',
    'invalidQuery',
    'No matching signature',
  ],
  ['SELECT extra, COUNT(*) FROM d.trades GROUP BY ALL', 'invalidQuery', 'No matching signature'],
  [`SELECT CURRENT_DATE('Mars/Base')`, 'invalidQuery', 'Invalid time zone'],
  ['SELECT ARRAY_FIRST(tags) FROM d.trades WHERE id = 2', 'invalidQuery', 'out of bounds'],
  ['SELECT * FROM d.INFORMATION_SCHEMA.JOBS', 'invalidQuery', 'INFORMATION_SCHEMA.JOBS is not supported'],
  [
    'WITH RECURSIVE r AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM r) SELECT a FROM r',
    'invalidQuery',
    'exceeded the limit of 500 iterations',
  ],
  [
    'WITH RECURSIVE r AS (SELECT 1 AS a UNION DISTINCT SELECT a + 1 FROM r) SELECT a FROM r',
    'invalidQuery',
    'not supported',
  ],
  ['INSERT INTO d.trades (symbol) VALUES ("x")', 'invalidQuery', 'Required field id cannot be null'],
  ['UPDATE d.trades SET note = "x" WHERE id = 1', 'invalidQuery', 'streaming buffer'],
  ['DELETE FROM d.trades', 'invalidQuery', 'must have a WHERE clause'],
  ['CREATE MODEL d.m OPTIONS (model_type="linear_reg") AS SELECT 1 AS label', 'invalidQuery', ''],
  ["SELECT 'caf\\u00e9'", 'invalidQuery', 'string literal'],
  ['SELECT LAG(id) OVER (PARTITION BY symbol) FROM d.trades', 'invalidQuery', 'Window ORDER BY is required'],
  ['SELECT @missing', 'invalidQuery', "Query parameter 'missing' not found"],
];
