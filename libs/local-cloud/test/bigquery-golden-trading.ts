/** Eight ticks of two symbols, for statements that analysts of trading data write. */
const ticks = `WITH ticks AS (
  SELECT * FROM UNNEST([
    STRUCT('A' AS symbol, TIMESTAMP '2024-01-01 10:00:01+00' AS at, NUMERIC '10' AS price, 1 AS size, 'Q' AS venue),
    ('A', TIMESTAMP '2024-01-01 10:00:30+00', NUMERIC '12', 2, 'N'),
    ('A', TIMESTAMP '2024-01-01 10:00:59+00', NUMERIC '11', 1, 'Q'),
    ('A', TIMESTAMP '2024-01-01 10:01:00+00', NUMERIC '9', 4, NULL),
    ('A', TIMESTAMP '2024-01-01 10:07:00+00', NUMERIC '9.5', 2, 'N'),
    ('B', TIMESTAMP '2024-01-01 10:00:10+00', NUMERIC '100', 5, 'Q'),
    ('B', TIMESTAMP '2024-01-01 10:00:20+00', NUMERIC '101', 5, NULL),
    ('B', TIMESTAMP '2024-01-02 09:00:00+00', NUMERIC '99', 10, 'N')
  ])
) `;

/** Each statement with the rows that BigQuery answers, worked out by hand. */
export const tradingAnswers: readonly (readonly [string, readonly (readonly unknown[])[]])[] = [
  // Candles
  [
    `${ticks}SELECT symbol, TIMESTAMP_TRUNC(at, MINUTE) AS t, ARRAY_AGG(price ORDER BY at LIMIT 1)[OFFSET(0)] AS o, MAX(price) AS h, MIN(price) AS l, ARRAY_AGG(price ORDER BY at DESC LIMIT 1)[OFFSET(0)] AS c, SUM(size) AS v FROM ticks WHERE symbol = 'A' GROUP BY symbol, t ORDER BY t`,
    [
      ['A', '2024-01-01T10:00:00.000Z', '10', '12', '10', '11', 4],
      ['A', '2024-01-01T10:01:00.000Z', '9', '9', '9', '9', 4],
      ['A', '2024-01-01T10:07:00.000Z', '9.5', '9.5', '9.5', '9.5', 2],
    ],
  ],
  [
    `${ticks}SELECT TIMESTAMP_BUCKET(at, INTERVAL 5 MINUTE) AS t, COUNT(*) FROM ticks WHERE symbol = 'A' GROUP BY t ORDER BY t`,
    [
      ['2024-01-01T10:00:00.000Z', 4],
      ['2024-01-01T10:05:00.000Z', 1],
    ],
  ],
  [
    `SELECT TIMESTAMP_BUCKET(TIMESTAMP '2024-01-01 10:07:00', INTERVAL 5 MINUTE, TIMESTAMP '2024-01-01 00:02:00'), TIMESTAMP_BUCKET(TIMESTAMP '1949-12-31 23:59:00', INTERVAL 1 DAY)`,
    [['2024-01-01T10:07:00.000Z', '1949-12-31T00:00:00.000Z']],
  ],
  [
    `${ticks}SELECT TIMESTAMP_SECONDS(DIV(UNIX_SECONDS(at), 300) * 300) AS t, COUNT(*) FROM ticks WHERE symbol = 'A' GROUP BY 1 ORDER BY 1`,
    [
      ['2024-01-01T10:00:00.000Z', 4],
      ['2024-01-01T10:05:00.000Z', 1],
    ],
  ],
  [
    `${ticks}SELECT symbol, SUM(price * size) / SUM(size) AS vwap FROM ticks GROUP BY symbol ORDER BY symbol`,
    [
      ['A', '10'],
      ['B', '99.75'],
    ],
  ],
  [
    `${ticks}SELECT symbol, MIN_BY(price, at), MAX_BY(price, at) FROM ticks GROUP BY symbol ORDER BY 1`,
    [
      ['A', '10', '9.5'],
      ['B', '100', '99'],
    ],
  ],
  // Latest rows, windows
  [
    `${ticks}SELECT symbol, price FROM ticks QUALIFY ROW_NUMBER() OVER (PARTITION BY symbol ORDER BY at DESC) = 1 ORDER BY symbol`,
    [
      ['A', '9.5'],
      ['B', '99'],
    ],
  ],
  [
    `${ticks}SELECT price - LAG(price) OVER (PARTITION BY symbol ORDER BY at) AS change FROM ticks WHERE symbol = 'B' ORDER BY at`,
    [[null], ['1'], ['-2']],
  ],
  [
    `${ticks}SELECT LAST_VALUE(venue IGNORE NULLS) OVER (PARTITION BY symbol ORDER BY at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM ticks WHERE symbol = 'A' ORDER BY at`,
    [['Q'], ['N'], ['Q'], ['Q'], ['N']],
  ],
  [
    `${ticks}SELECT AVG(size) OVER (ORDER BY at ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) FROM ticks WHERE symbol = 'A' ORDER BY at`,
    [[1], [1.5], [4 / 3], [7 / 3], [7 / 3]],
  ],
  [
    `${ticks}SELECT SUM(size) OVER (ORDER BY UNIX_SECONDS(at) RANGE BETWEEN 30 PRECEDING AND CURRENT ROW) FROM ticks WHERE symbol = 'A' ORDER BY at`,
    [[1], [3], [3], [7], [2]],
  ],
  [
    `${ticks}SELECT size, RANK() OVER w, DENSE_RANK() OVER w, NTILE(2) OVER w FROM ticks WHERE symbol = 'A' AND size < 3 WINDOW w AS (ORDER BY size) ORDER BY size, 4`,
    [
      [1, 1, 1, 1],
      [1, 1, 1, 1],
      [2, 3, 2, 2],
      [2, 3, 2, 2],
    ],
  ],
  [
    `${ticks}SELECT NTH_VALUE(price, 2) OVER (PARTITION BY symbol ORDER BY at ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM ticks WHERE symbol = 'B'`,
    [['101'], ['101'], ['101']],
  ],
  [
    `${ticks}SELECT symbol, TIMESTAMP_DIFF(at, LAG(at) OVER (PARTITION BY symbol ORDER BY at), SECOND) AS gap FROM ticks WHERE TRUE QUALIFY gap > 300 ORDER BY symbol`,
    [
      ['A', 360],
      ['B', 82780],
    ],
  ],
  [`SELECT x, PERCENTILE_CONT(x, 0.5) OVER () FROM UNNEST([1, 2, 4, 10]) x ORDER BY x LIMIT 1`, [[1, 3]]],
  // Grouping
  [
    `${ticks}SELECT symbol, COUNTIF(venue = 'Q') AS q, COUNTIF(venue IS NULL) AS unknown FROM ticks GROUP BY symbol ORDER BY symbol`,
    [
      ['A', 2, 1],
      ['B', 1, 1],
    ],
  ],
  [
    `${ticks}SELECT symbol, SUM(size) FROM ticks GROUP BY ROLLUP(symbol) ORDER BY symbol`,
    [
      [null, 30],
      ['A', 10],
      ['B', 20],
    ],
  ],
  [
    `${ticks}SELECT symbol, venue, SUM(size) FROM ticks WHERE venue IS NOT NULL GROUP BY GROUPING SETS (symbol, venue, ()) ORDER BY symbol, venue`,
    [
      [null, null, 21],
      [null, 'N', 14],
      [null, 'Q', 7],
      ['A', null, 6],
      ['B', null, 15],
    ],
  ],
  [
    `${ticks}SELECT symbol, COUNT(*) FROM ticks GROUP BY ALL ORDER BY symbol`,
    [
      ['A', 5],
      ['B', 3],
    ],
  ],
  [`${ticks}SELECT symbol FROM ticks GROUP BY symbol HAVING SUM(size) > 10 AND MAX(price) >= 100`, [['B']]],
  [
    `${ticks}SELECT STRING_AGG(DISTINCT venue, ',' ORDER BY venue), STRING_AGG(venue ORDER BY at LIMIT 2) FROM ticks WHERE symbol = 'A'`,
    [['N,Q', 'Q,N']],
  ],
  [`SELECT APPROX_COUNT_DISTINCT(x) FROM UNNEST([1, 1, 2, 3]) x`, [[3]]],
  [`SELECT APPROX_QUANTILES(x, 2) FROM UNNEST([5, 1, 3, 2, 4]) x`, [[[1, 3, 5]]]],
  [
    `${ticks}SELECT APPROX_QUANTILES(price, 4)[OFFSET(0)], APPROX_QUANTILES(price, 4)[OFFSET(4)] FROM ticks WHERE symbol = 'A'`,
    [['9', '12']],
  ],
  [
    `SELECT CORR(x, y), COVAR_POP(x, y), COVAR_SAMP(x, y) FROM UNNEST([STRUCT(1 AS x, 2 AS y), (2, 4), (3, 6)])`,
    [[1, 4 / 3, 2]],
  ],
  [`SELECT BIT_AND(x), BIT_OR(x), BIT_XOR(x) FROM UNNEST([6, 3]) x`, [[2, 7, 5]]],
  [`SELECT ARRAY_CONCAT_AGG(x) FROM (SELECT [1, 2] AS x)`, [[[1, 2]]]],
  // Pivots
  [
    `${ticks}SELECT * FROM (SELECT symbol, venue, size FROM ticks) PIVOT (SUM(size) FOR venue IN ('Q', 'N')) ORDER BY symbol`,
    [
      ['A', 2, 4],
      ['B', 5, 10],
    ],
  ],
  [
    `SELECT * FROM (SELECT 'A' AS symbol, 1 AS bid, 2 AS ask) UNPIVOT (price FOR side IN (bid, ask)) ORDER BY price`,
    [
      ['A', 1, 'bid'],
      ['A', 2, 'ask'],
    ],
  ],
  // Time
  [
    `SELECT GENERATE_TIMESTAMP_ARRAY(TIMESTAMP '2024-01-01 10:00:00', TIMESTAMP '2024-01-01 10:20:00', INTERVAL 10 MINUTE)`,
    [[['2024-01-01T10:00:00.000Z', '2024-01-01T10:10:00.000Z', '2024-01-01T10:20:00.000Z']]],
  ],
  [
    `${ticks}, minutes AS (SELECT m FROM UNNEST(GENERATE_TIMESTAMP_ARRAY('2024-01-01 10:00:00', '2024-01-01 10:02:00', INTERVAL 1 MINUTE)) AS m) SELECT m, COUNT(t.at) FROM minutes LEFT JOIN ticks t ON t.symbol = 'A' AND TIMESTAMP_TRUNC(t.at, MINUTE) = m GROUP BY m ORDER BY m`,
    [
      ['2024-01-01T10:00:00.000Z', 3],
      ['2024-01-01T10:01:00.000Z', 1],
      ['2024-01-01T10:02:00.000Z', 0],
    ],
  ],
  [
    `SELECT GENERATE_DATE_ARRAY(DATE '2024-01-31', DATE '2024-03-31', INTERVAL 1 MONTH)`,
    [[['2024-01-31', '2024-02-29', '2024-03-31']]],
  ],
  [
    `SELECT EXTRACT(DATE FROM TIMESTAMP '2024-01-01 23:30:00' AT TIME ZONE 'Europe/Berlin'), EXTRACT(ISOWEEK FROM DATE '2024-12-30'), EXTRACT(ISOYEAR FROM DATE '2024-12-30'), EXTRACT(DAYOFYEAR FROM DATE '2024-12-31'), EXTRACT(QUARTER FROM DATE '2024-05-01'), EXTRACT(WEEK FROM DATE '2024-01-07')`,
    [['2024-01-02', 1, 2025, 366, 2, 1]],
  ],
  [
    `SELECT FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%E3SZ', TIMESTAMP '2024-01-02 03:04:05.678'), FORMAT_TIMESTAMP('%s', TIMESTAMP '2024-01-02'), FORMAT_DATE('%a %b %d %j', DATE '2024-01-02'), FORMAT_DATETIME('%I:%M %p', DATETIME '2024-01-02 15:04:00')`,
    [['2024-01-02T03:04:05.678Z', '1704153600', 'Tue Jan 02 002', '03:04 PM']],
  ],
  [
    `SELECT PARSE_TIMESTAMP('%Y%m%d-%H:%M:%S', '20240102-03:04:05'), PARSE_DATE('%d/%m/%Y', '02/01/2024'), PARSE_DATETIME('%Y-%m-%d %H:%M', '2024-01-02 03:04'), PARSE_TIME('%H:%M', '03:04')`,
    [['2024-01-02T03:04:05.000Z', '2024-01-02', '2024-01-02T03:04:00', '03:04:00']],
  ],
  [
    `SELECT CAST(TIMESTAMP '2024-01-02 03:04:05.1' AS STRING), STRING(TIMESTAMP '2024-01-02 03:04:05'), CAST(DATETIME '2024-01-02 03:04:05' AS STRING), CAST(TIME '03:04:05' AS STRING)`,
    [['2024-01-02 03:04:05.100+00', '2024-01-02 03:04:05+00', '2024-01-02 03:04:05', '03:04:05']],
  ],
  [
    `SELECT DATE_TRUNC(DATE '2024-05-17', QUARTER), DATE_TRUNC(DATE '2024-05-17', WEEK(MONDAY)), DATE_SUB(DATE '2024-03-31', INTERVAL 1 MONTH), DATE_ADD(DATE '2024-02-29', INTERVAL 1 YEAR)`,
    [['2024-04-01', '2024-05-13', '2024-02-29', '2025-02-28']],
  ],
  [
    `SELECT TIMESTAMP '2024-01-01' + INTERVAL 1 DAY, DATE '2024-01-01' - 1, DATE '2024-01-01' + 31`,
    [['2024-01-02T00:00:00.000Z', '2023-12-31', '2024-02-01']],
  ],
  [
    `SELECT DATETIME_ADD(DATETIME '2024-01-31 10:00:00', INTERVAL 1 MONTH), DATETIME_DIFF(DATETIME '2024-01-02', DATETIME '2024-01-01 12:00:00', DAY), TIME_ADD(TIME '23:59:00', INTERVAL 2 MINUTE), TIME_DIFF(TIME '10:00:00', TIME '09:30:00', MINUTE)`,
    [['2024-02-29T10:00:00', 1, '00:01:00', 30]],
  ],
  [
    `SELECT TIMESTAMP_DIFF(TIMESTAMP '2024-01-01 00:00:01.5', TIMESTAMP '2024-01-01', MILLISECOND), UNIX_DATE(DATE '1970-01-10'), DATE_FROM_UNIX_DATE(9)`,
    [[1500, 9, '1970-01-10']],
  ],
  [
    `SELECT DATE_BUCKET(DATE '2024-01-10', INTERVAL 7 DAY), DATETIME_BUCKET(DATETIME '2024-01-01 10:07:00', INTERVAL 1 HOUR)`,
    [['2024-01-07', '2024-01-01T10:00:00']],
  ],
  // Numbers
  [
    `SELECT SAFE_CAST('1e400' AS FLOAT64), SAFE_NEGATE(-9223372036854775808), SAFE_DIVIDE(0.0, 0.0)`,
    [[null, null, null]],
  ],
  [
    `SELECT TRUNC(2.567), TRUNC(-1.9), ROUND(NUMERIC '2.5'), MOD(NUMERIC '7.5', 2), DIV(-7, 2)`,
    [[2, -1, '3', '1.5', -3]],
  ],
  [`SELECT LOG(EXP(1)), POWER(2, 0.5) > 1.41, SIN(0), ATAN2(0, 1)`, [[1, true, 0, 0]]],
  [`SELECT RANGE_BUCKET(20, [0, 10, 20, 30]), RANGE_BUCKET(-1, [0, 10])`, [[3, 0]]],
  [
    `SELECT CAST(1.5 AS STRING), CAST(100.0 AS STRING), CAST(0.1 AS STRING), CAST(-1e20 AS STRING)`,
    [['1.5', '100', '0.1', '-1e+20']],
  ],
  [`SELECT ~5, BIT_COUNT(7), BIT_COUNT(-1)`, [[-6, 3, 64]]],
  [
    `SELECT FORMAT('%d-%s', 5, 'x'), FORMAT('%.2f', 1.005), FORMAT('%05d', 42), FORMAT("%'d", 1234567), FORMAT('%t', DATE '2024-01-01')`,
    [['5-x', '1.00', '00042', '1,234,567', '2024-01-01']],
  ],
  // Text
  [
    `SELECT SAFE.PARSE_DATE('%Y-%m-%d', 'x'), SAFE.PARSE_TIMESTAMP('%Y', '2024')`,
    [[null, '2024-01-01T00:00:00.000Z']],
  ],
  [
    `SELECT REGEXP_EXTRACT_ALL('a1b22', r'\\d+'), REGEXP_EXTRACT_ALL('k=1,k=2', r'k=(\\d)'), INSTR('banana', 'an')`,
    [[['1', '22'], ['1', '2'], 2]],
  ],
  [`SELECT SPLIT('BTC-USD', '-')[SAFE_OFFSET(1)], TRANSLATE('abc', 'ab', 'xy')`, [['USD', 'xyc']]],
  [`SELECT TO_HEX(SHA256('a'))`, [['ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb']]],
  [`SELECT FROM_BASE64('YWJj'), FROM_HEX('6162'), BYTE_LENGTH('é')`, [['YWJj', 'YWI=', 2]]],
  // JSON
  [
    `SELECT JSON_EXTRACT_SCALAR('{"a":"x"}', '$.a'), JSON_VALUE_ARRAY('["a","b"]'), JSON_QUERY_ARRAY('[1,{"a":2}]')`,
    [['x', ['a', 'b'], ['1', '{"a":2}']]],
  ],
  [
    `SELECT TO_JSON_STRING(STRUCT(1 AS a, 'x' AS b, [1, 2] AS c)), TO_JSON_STRING(NULL), TO_JSON_STRING('q"')`,
    [['{"a":1,"b":"x","c":[1,2]}', 'null', '"q\\""']],
  ],
  [
    `SELECT INT64(JSON '5'), STRING(JSON '"x"'), BOOL(JSON 'true'), FLOAT64(JSON '1.5')`,
    [[5, 'x', true, 1.5]],
  ],
  [
    `SELECT JSON_VALUE(PARSE_JSON('{"a":{"b":[1,2]}}'), '$.a.b[1]'), JSON_TYPE(JSON '{"a":1}')`,
    [['2', 'object']],
  ],
  [
    `SELECT JSON_VALUE(j.price), JSON_VALUE(j.legs[0].id) FROM (SELECT JSON '{"price":"1.5","legs":[{"id":7}]}' AS j)`,
    [['1.5', '7']],
  ],
  // Arrays and structs
  [
    `SELECT ARRAY(SELECT DISTINCT x FROM UNNEST([3, 1, 3]) x ORDER BY x), ARRAY_LENGTH(GENERATE_ARRAY(0, 8, 2)), ARRAY_FIRST([7, 8]), ARRAY_LAST([7, 8])`,
    [[[1, 3], 5, 7, 8]],
  ],
  [
    `SELECT (SELECT SUM(x) FROM UNNEST(xs) x), (SELECT AS STRUCT MIN(x) AS lo, MAX(x) AS hi FROM UNNEST(xs) x).hi FROM (SELECT [4, 9] AS xs)`,
    [[13, 9]],
  ],
  [`SELECT a.*, b FROM (SELECT STRUCT(1 AS x, 2 AS y) AS a, 3 AS b)`, [[1, 2, 3]]],
  [
    `SELECT t.x, pos FROM UNNEST([STRUCT('a' AS x), STRUCT('b')]) t WITH OFFSET pos WHERE pos = 1`,
    [['b', 1]],
  ],
  // Joins
  [
    `${ticks}SELECT t.price, (SELECT u.price FROM ticks u WHERE u.symbol = 'B' AND u.at <= t.at ORDER BY u.at DESC LIMIT 1) FROM ticks t WHERE t.symbol = 'A' AND t.size = 2 ORDER BY t.at`,
    [
      ['12', '101'],
      ['9.5', '101'],
    ],
  ],
  [
    `SELECT COALESCE(a.k, b.k), a.v, b.v AS w FROM (SELECT 1 AS k, 'x' AS v) a FULL OUTER JOIN (SELECT 2 AS k, 'y' AS v) b ON a.k = b.k ORDER BY 1`,
    [
      [1, 'x', null],
      [2, null, 'y'],
    ],
  ],
  [
    `SELECT k, a.v, b.v AS w FROM (SELECT 1 AS k, 'x' AS v) a FULL JOIN (SELECT 2 AS k, 'y' AS v) b USING (k) ORDER BY k`,
    [
      [1, 'x', null],
      [2, null, 'y'],
    ],
  ],
  [
    `SELECT * FROM (SELECT 1 AS a UNION ALL SELECT 2 UNION ALL SELECT 3) WHERE a NOT IN (SELECT 2) ORDER BY a`,
    [[1], [3]],
  ],
  [
    'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 4) SELECT SUM(n) FROM r',
    [[10]],
  ],
  [
    `SELECT CURRENT_DATE() <= CURRENT_DATE('Asia/Tokyo'), CURRENT_TIMESTAMP() > TIMESTAMP '2024-01-01'`,
    [[true, true]],
  ],
  [`SELECT id FROM d.trades WHERE symbol LIKE ANY ('A%', 'T%') ORDER BY id`, [[1], [2], [5]]],
  [
    `SELECT IF(x > 1, 'big', 'small'), CASE WHEN x IS NULL THEN 0 WHEN x > 1 THEN x ELSE -x END FROM UNNEST([1, 2]) x ORDER BY x`,
    [
      ['small', -1],
      ['big', 2],
    ],
  ],
  [`SELECT x FROM UNNEST([3, 1, 2]) x ORDER BY x DESC LIMIT 2 OFFSET 1`, [[2], [1]]],
  [
    `SELECT MAX(IF(side = 'bid', price, NULL)) AS bid, MIN(IF(side = 'ask', price, NULL)) AS ask FROM UNNEST([STRUCT('bid' AS side, 1 AS price), ('ask', 3), ('bid', 2)])`,
    [[2, 3]],
  ],
  // Corners
  [
    `SELECT SUM(x) OVER (ORDER BY x RANGE BETWEEN 2 PRECEDING AND 1 FOLLOWING) FROM UNNEST([1, 2, 4, 7]) x ORDER BY x`,
    [[3], [3], [6], [7]],
  ],
  [
    `SELECT PERCENTILE_DISC(x, 0.5) OVER (), PERCENTILE_DISC(x, 0) OVER (), PERCENTILE_DISC(x, 0.51) OVER () FROM UNNEST([1, 2, 4, 10]) x LIMIT 1`,
    [[2, 1, 4]],
  ],
  [`SELECT APPROX_QUANTILES(x, 4) FROM UNNEST([1, 2, 3, 4, 5, 6, 7, 8, NULL]) x`, [[[1, 2, 4, 6, 8]]]],
  [
    `SELECT a, b, SUM(v) FROM UNNEST([STRUCT('x' AS a, 1 AS b, 10 AS v), ('x', 2, 20), ('y', 1, 30)]) GROUP BY CUBE(a, b) ORDER BY a, b`,
    [
      [null, null, 60],
      [null, 1, 40],
      [null, 2, 20],
      ['x', null, 30],
      ['x', 1, 10],
      ['x', 2, 20],
      ['y', null, 30],
      ['y', 1, 30],
    ],
  ],
  [
    `SELECT * FROM (SELECT 'A' AS s, 1 AS q, 5 AS v UNION ALL SELECT 'A', 2, 7 UNION ALL SELECT 'A', 1, 1) PIVOT (SUM(v) AS total, COUNT(*) AS n FOR q IN (1, 2 AS two))`,
    [['A', 6, 2, 7, 1]],
  ],
  [
    `SELECT * FROM (SELECT 1 AS id, 5 AS a, CAST(NULL AS INT64) AS b) UNPIVOT INCLUDE NULLS (v FOR k IN (a, b)) ORDER BY k`,
    [
      [1, 5, 'a'],
      [1, null, 'b'],
    ],
  ],
  [
    `SELECT a.k AS mine, b.k AS other, k FROM (SELECT 1 AS k UNION ALL SELECT 3) a RIGHT JOIN (SELECT 2 AS k UNION ALL SELECT 3) b USING (k) ORDER BY k`,
    [
      [null, 2, 2],
      [3, 3, 3],
    ],
  ],
  [
    `WITH RECURSIVE days AS (SELECT DATE '2024-02-28' AS d UNION ALL SELECT DATE_ADD(d, INTERVAL 1 DAY) FROM days WHERE d < DATE '2024-03-01') SELECT d FROM days ORDER BY d`,
    [['2024-02-28'], ['2024-02-29'], ['2024-03-01']],
  ],
  [
    `WITH RECURSIVE tree AS (SELECT 1 AS id, 'a' AS path UNION ALL SELECT e.child, CONCAT(t.path, '/', CAST(e.child AS STRING)) FROM tree t JOIN UNNEST([STRUCT(1 AS parent, 2 AS child), (1, 3), (3, 4)]) e ON e.parent = t.id) SELECT path FROM tree ORDER BY path`,
    [['a'], ['a/2'], ['a/3'], ['a/3/4']],
  ],
  [
    `SELECT FORMAT('%.2f', NUMERIC '2.345'), FORMAT('%s is %t', 'x', NUMERIC '1.50'), FORMAT('%5d|%05d', 42, 42), FORMAT('100%%'), FORMAT('%t', CAST(NULL AS INT64))`,
    [['2.35', 'x is 1.5', '   42|00042', '100%', 'NULL']],
  ],
  [
    `SELECT TIMESTAMP '2024-01-31' - INTERVAL 90 MINUTE, DATETIME '2024-01-31 10:00:00' + INTERVAL 1 MONTH, DATE '2024-01-01' + INTERVAL 1 HOUR, INTERVAL 1 DAY + DATE '2024-01-01'`,
    [['2024-01-30T22:30:00.000Z', '2024-02-29T10:00:00', '2024-01-01T01:00:00', '2024-01-02T00:00:00']],
  ],
  [
    `SELECT CAST(1e15 AS STRING), CAST(123456789012345.0 AS STRING), CAST(0.1 + 0.2 AS STRING), CAST(1e-7 AS STRING), CAST(-0.5 AS STRING)`,
    [['1e+15', '123456789012345', '0.30000000000000004', '1e-07', '-0.5']],
  ],
  [
    `SELECT TO_JSON_STRING([STRUCT(1.5 AS p, DATE '2024-01-01' AS d, TRUE AS b)]), TO_JSON_STRING(9007199254740993), TO_JSON_STRING(STRUCT(CAST(NULL AS STRING) AS s))`,
    [['[{"p":1.5,"d":"2024-01-01","b":true}]', '"9007199254740993"', '{"s":null}']],
  ],
  [
    `SELECT j.a[1].b, JSON_VALUE(j['a b']), j.none FROM (SELECT JSON '{"a": [1, {"b": "x"}], "a b": 1}' AS j)`,
    [['"x"', '1', null]],
  ],
  [
    `SELECT EXTRACT(WEEK FROM DATE '2024-01-06'), EXTRACT(WEEK(MONDAY) FROM DATE '2024-01-07'), EXTRACT(ISOWEEK FROM TIMESTAMP '2021-01-03'), EXTRACT(ISOYEAR FROM DATE '2021-01-03')`,
    [[0, 1, 53, 2020]],
  ],
  [
    `SELECT TIMESTAMP_BUCKET(TIMESTAMP '2024-01-01 00:00:00', INTERVAL 7 MINUTE, TIMESTAMP '2024-01-01 00:03:00'), DATE_BUCKET(DATE '2023-12-31', INTERVAL 2 DAY, DATE '2024-01-01')`,
    [['2023-12-31T23:56:00.000Z', '2023-12-30']],
  ],
  [
    `SELECT GENERATE_DATE_ARRAY(DATE '2024-01-10', DATE '2024-01-01', INTERVAL -4 DAY), GENERATE_TIMESTAMP_ARRAY(TIMESTAMP '2024-01-01', TIMESTAMP '2023-12-31', INTERVAL 1 HOUR)`,
    [[['2024-01-10', '2024-01-06', '2024-01-02'], []]],
  ],
  [
    `SELECT DATETIME_DIFF(DATETIME '2024-01-01 00:00:00', DATETIME '2023-12-31 23:59:59', YEAR), TIME_SUB(TIME '00:00:30', INTERVAL 1 MINUTE), TIME_TRUNC FROM (SELECT 1 AS TIME_TRUNC)`,
    [[1, '23:59:30', 1]],
  ],
  [
    `SELECT RANGE_BUCKET(10, [0, 10, 20]), TRUNC(NUMERIC '-1.999999999'), MOD(NUMERIC '-7.5', 2)`,
    [[2, '-1', '-1.5']],
  ],
  [
    `SELECT ARRAY_CONCAT_AGG(x ORDER BY k) FROM UNNEST([STRUCT(2 AS k, [3] AS x), (1, [1, 2])])`,
    [[[1, 2, 3]]],
  ],
];
