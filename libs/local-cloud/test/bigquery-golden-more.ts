/** Text, numbers, JSON, time zones, arrays, structs and set operations: statements with BigQuery's answers. */
export const moreAnswers: readonly (readonly [string, readonly (readonly unknown[])[]])[] = [
  [
    `SELECT TRIM('  a '), LTRIM('xxa', 'x'), RTRIM('a  '), REPLACE('banana', 'an', 'o'), REVERSE('abc'), STRPOS('abc', 'c')`,
    [['a', 'a', 'a', 'booa', 'cba', 3]],
  ],
  [
    `SELECT LEFT('abc', 2), RIGHT('abc', 2), LPAD('7', 3, '0'), RPAD('a', 3), REPEAT('ab', 2)`,
    [['ab', 'bc', '007', 'a  ', 'abab']],
  ],
  [`SELECT SPLIT('a,b,c'), SPLIT('a-b', '-')[OFFSET(1)]`, [[['a', 'b', 'c'], 'b']]],
  [`SELECT ARRAY_TO_STRING(['a', 'b'], '/'), TO_HEX(b'abc'), TO_BASE64(b'abc')`, [['a/b', '616263', 'YWJj']]],
  [`SELECT TO_HEX(MD5('a'))`, [['0cc175b9c0f1b6a831c399e269772661']]],
  [`SELECT REGEXP_CONTAINS('abc', r'b.'), REGEXP_CONTAINS('abc', r'^b')`, [[true, false]]],
  [
    `SELECT REGEXP_EXTRACT('foo=42', r'=(\\d+)'), REGEXP_EXTRACT('abc', r'x'), REGEXP_EXTRACT('abc', r'b')`,
    [['42', null, 'b']],
  ],
  [
    `SELECT REGEXP_REPLACE('a1b22', r'\\d+', '#'), REGEXP_REPLACE('ab', r'(a)(b)', r'\\2\\1')`,
    [['a#b#', 'ba']],
  ],
  [
    `SELECT JSON_VALUE('{"a": {"b": 7}}', '$.a.b'), JSON_VALUE('{"a": [1]}', '$.a'), JSON_QUERY('{"a": {"b": 7}}', '$.a'), JSON_VALUE('{"a":null}', '$.a')`,
    [['7', null, '{"b":7}', null]],
  ],
  [`SELECT JSON_VALUE('nope', '$.a'), JSON_VALUE('{"a":["x","y"]}', '$.a[1]')`, [[null, 'y']]],
  [`SELECT JSON_VALUE(extra, '$.a') FROM d.trades WHERE id = 1`, [['1']]],
  ['SELECT SQRT(9), POW(2, 10), EXP(0), LN(1), LOG10(1000), SIGN(-5)', [[3, 1024, 1, 0, 3, -1]]],
  ['SELECT 5 & 3, 5 | 3, 5 ^ 3', [[1, 7, 6]]],
  ['SELECT SAFE_ADD(9223372036854775807, 1), SAFE_SUBTRACT(1, 2), SAFE_MULTIPLY(2, 3)', [[null, -1, 6]]],
  ['SELECT 1 IS DISTINCT FROM NULL, NULL IS NOT DISTINCT FROM NULL', [[true, true]]],
  [
    `SELECT DATE(TIMESTAMP '2024-01-01 02:00:00', 'America/New_York'), EXTRACT(HOUR FROM TIMESTAMP '2024-07-01 00:00:00' AT TIME ZONE 'Europe/Berlin')`,
    [['2023-12-31', 2]],
  ],
  [
    `SELECT TIMESTAMP_TRUNC(TIMESTAMP '2024-03-31 12:00:00', DAY, 'Europe/Berlin'), TIMESTAMP(DATE '2024-01-01', 'America/New_York')`,
    [['2024-03-30T23:00:00.000Z', '2024-01-01T05:00:00.000Z']],
  ],
  [
    `SELECT TIMESTAMP(DATETIME '2024-07-01 00:00:00', 'Europe/Berlin'), DATETIME(TIMESTAMP '2024-01-01', 'Asia/Tokyo')`,
    [['2024-06-30T22:00:00.000Z', '2024-01-01T09:00:00']],
  ],
  [
    `SELECT FORMAT_TIMESTAMP('%F %T', TIMESTAMP '2024-01-02 03:04:05'), FORMAT_TIMESTAMP('%H:%M', TIMESTAMP '2024-01-02 03:04:05', 'Asia/Tokyo'), FORMAT_DATE('%Y%m%d', DATE '2024-01-02')`,
    [['2024-01-02 03:04:05', '12:04', '20240102']],
  ],
  [
    `SELECT PARSE_DATE('%Y-%m-%d', '2024-02-29'), PARSE_TIMESTAMP('%Y-%m-%d %H:%M:%S', '2024-02-29 01:02:03')`,
    [['2024-02-29', '2024-02-29T01:02:03.000Z']],
  ],
  [
    `SELECT DATE_DIFF(DATE '2024-03-01', DATE '2024-01-31', MONTH), DATE_DIFF(DATE '2025-01-01', DATE '2024-12-31', YEAR), DATE_DIFF(DATE '2024-01-08', DATE '2024-01-07', ISOWEEK), DATE_DIFF(DATE '2024-01-07', DATE '2024-01-08', ISOWEEK)`,
    [[2, 1, 1, -1]],
  ],
  [`SELECT LAST_DAY(DATE '2024-02-10')`, [['2024-02-29']]],
  [
    `SELECT DATETIME_TRUNC(DATETIME '2024-01-01 10:31:00', HOUR), EXTRACT(MINUTE FROM DATETIME '2024-01-01 10:31:00'), TIME '10:00:00.5'`,
    [['2024-01-01T10:00:00', 31, '10:00:00.500000']],
  ],
  [
    'SELECT GENERATE_ARRAY(1, 5), GENERATE_ARRAY(10, 1, -4), GENERATE_ARRAY(3, 1)',
    [[[1, 2, 3, 4, 5], [10, 6, 2], []]],
  ],
  [`SELECT GENERATE_DATE_ARRAY('2024-02-28', '2024-03-01')`, [[['2024-02-28', '2024-02-29', '2024-03-01']]]],
  [
    'SELECT ARRAY_REVERSE([1, 2, 3]), ARRAY_CONCAT([1], [2, 3])',
    [
      [
        [3, 2, 1],
        [1, 2, 3],
      ],
    ],
  ],
  [`SELECT STRUCT(1 AS a, STRUCT('y' AS c) AS b).b.c, STRUCT<a INT64>(1).a`, [['y', 1]]],
  [
    `SELECT x, o FROM UNNEST(['a', 'b']) AS x WITH OFFSET AS o ORDER BY o`,
    [
      ['a', 0],
      ['b', 1],
    ],
  ],
  ['SELECT s.a FROM UNNEST([STRUCT(1 AS a), STRUCT(2)]) AS s ORDER BY 1', [[1], [2]]],
  [
    'SELECT id, tag FROM d.trades, UNNEST(tags) AS tag ORDER BY tag',
    [
      [1, 'x'],
      [1, 'y'],
    ],
  ],
  [
    'SELECT id, tag FROM d.trades t LEFT JOIN t.tags AS tag WHERE id IN (1, 2) ORDER BY id, tag',
    [
      [1, 'x'],
      [1, 'y'],
      [2, null],
    ],
  ],
  [
    'SELECT [1, 2, 3][OFFSET(1)], [1, 2][ORDINAL(2)], [1][SAFE_OFFSET(7)], ARRAY_LENGTH([1, NULL])',
    [[2, 2, null, 2]],
  ],
  ['SELECT a FROM UNNEST([1, 2, 3]) a EXCEPT DISTINCT SELECT 2 ORDER BY a', [[1], [3]]],
  [
    'SELECT a FROM UNNEST([1, 2, 2, 3]) a INTERSECT DISTINCT SELECT b FROM UNNEST([2, 3, 4]) b ORDER BY a',
    [[2], [3]],
  ],
  ['SELECT * REPLACE (a * 10 AS a) FROM (SELECT 1 AS a, 2 AS b)', [[10, 2]]],
  ['SELECT VAR_POP(x), STDDEV_POP(x), VARIANCE(x) FROM UNNEST([1, 3]) x', [[1, 1, 2]]],
  [
    'SELECT x, PERCENT_RANK() OVER (ORDER BY x), CUME_DIST() OVER (ORDER BY x) FROM UNNEST([1, 2, 4, 8, 9]) x ORDER BY x LIMIT 2',
    [
      [1, 0, 0.2],
      [2, 0.25, 0.4],
    ],
  ],
  [
    `SELECT STRING_AGG(x, '-' ORDER BY x DESC), ARRAY_AGG(x ORDER BY x LIMIT 2), ARRAY_AGG(DISTINCT x ORDER BY x) FROM UNNEST(['b', 'a', 'b']) x`,
    [['b-b-a', ['a', 'b'], ['a', 'b']]],
  ],
  [
    'SELECT symbol, ARRAY_AGG(note IGNORE NULLS ORDER BY id) FROM d.trades WHERE id < 3 GROUP BY symbol',
    [['AAPL', ['first']]],
  ],
  [
    'SELECT ARRAY(SELECT x + 1 FROM UNNEST([3, 1]) AS x ORDER BY x), (SELECT MAX(x) FROM UNNEST([3, 1]) x)',
    [[[2, 4], 3]],
  ],
  [
    'SELECT 2 IN UNNEST([1, 2]), id IN UNNEST([1]), "x" IN UNNEST(tags) FROM d.trades WHERE id = 1',
    [[true, true, true]],
  ],
  [`SELECT SUM(x) FROM UNNEST([NUMERIC '0.1', NUMERIC '0.2']) x`, [['0.3']]],
  ['SELECT ARRAY_AGG(STRUCT(x AS v, x * 2 AS w) ORDER BY x DESC)[OFFSET(0)].w FROM UNNEST([1, 2]) x', [[4]]],
];
