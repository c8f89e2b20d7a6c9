const leastBigNumeric = `CAST('${String(-(2n ** 255n))}' AS BIGNUM)`;
const greatestBigNumeric = `CAST('${String(2n ** 255n - 1n)}' AS BIGNUM)`;

/**
 * What BigQuery means where DuckDB's own functions mean something else. Each is created once per connection.
 * FLOAT64 is always finite here: overflow is an error as in BigQuery, and infinities cannot be stored.
 */
export const macros: readonly string[] = [
  macro(
    'bq_finite(x)',
    `CASE WHEN isfinite(x) OR x IS NULL THEN x ELSE error('Floating point error: overflow') END`,
  ),
  macro('bq_finite_or_null(x)', 'CASE WHEN isfinite(x) THEN x END'),
  macro('bq_divide(a, b)', `CASE WHEN b = 0 THEN error('division by zero') ELSE a / b END`),
  macro('bq_safe_divide(a, b)', 'CASE WHEN b = 0 THEN NULL ELSE bq_finite_or_null(a / b) END'),
  macro('bq_int_divide(a, b)', `CASE WHEN b = 0 THEN error('division by zero') ELSE a // b END`),
  macro('bq_mod(a, b)', `CASE WHEN b = 0 THEN error('division by zero') ELSE a % b END`),
  macro('bq_floor_divide(a, b)', 'a // b - CASE WHEN a % b < 0 THEN 1 ELSE 0 END'),

  // NUMERIC is DECIMAL(38,9); these go by way of its integer count of 1e-9.
  macro('bq_nanos(x)', `CAST(replace(CAST(x AS VARCHAR), '.', '') AS HUGEINT)`),
  macro(
    'bq_from_nanos(n)',
    'CAST(CAST(n AS DECIMAL(38,0)) * CAST(0.000000001 AS DECIMAL(10,9)) AS DECIMAL(38,9))',
  ),
  macro(
    'bq_rounded_quotient(n, d)',
    'n // d + CASE WHEN 2 * abs(n % d) < abs(d) THEN 0 WHEN (n < 0) = (d < 0) THEN 1 ELSE -1 END',
  ),
  macro(
    'bq_numeric_quotient(a, b)',
    'bq_from_nanos(bq_rounded_quotient(bq_nanos(a) * CAST(1000000000 AS HUGEINT), bq_nanos(b)))',
  ),
  macro(
    'bq_numeric_divide(a, b)',
    `CASE WHEN b = 0 THEN error('division by zero') ELSE bq_numeric_quotient(a, b) END`,
  ),
  macro('bq_numeric_safe_divide(a, b)', 'CASE WHEN b = 0 THEN NULL ELSE bq_numeric_quotient(a, b) END'),
  macro('bq_numeric_to_float(x)', 'CAST(CAST(x AS VARCHAR) AS DOUBLE)'),
  macro('bq_numeric_to_text(x)', `rtrim(rtrim(CAST(x AS VARCHAR), '0'), '.')`),

  // BIGNUMERIC is a BIGNUM that counts 1e-38, of 256 bits. DuckDB adds, compares and sums it exactly, nothing else.
  macro(
    'bq_bignumeric(x)',
    `list_transform([x], lambda v: CASE WHEN v BETWEEN ${leastBigNumeric} AND ${greatestBigNumeric} OR v IS NULL THEN v ELSE error('BIGNUMERIC overflow') END)[1]`,
  ),
  macro(
    'bq_bignumeric_or_null(x)',
    `list_transform([x], lambda v: CASE WHEN v BETWEEN ${leastBigNumeric} AND ${greatestBigNumeric} THEN v END)[1]`,
  ),
  macro('bq_int_to_bignumeric(i)', `CAST(CAST(i AS VARCHAR) || repeat('0', 38) AS BIGNUM)`),
  macro(
    'bq_numeric_to_bignumeric(x)',
    `CAST(replace(CAST(x AS VARCHAR), '.', '') || repeat('0', 29) AS BIGNUM)`,
  ),
  macro('bq_bignumeric_digits(d)', `rtrim(rtrim(left(d, length(d) - 38) || '.' || right(d, 38), '0'), '.')`),
  macro(
    'bq_bignumeric_to_text(x)',
    `list_transform([CAST(x AS VARCHAR)], lambda s: CASE WHEN starts_with(s, '-') THEN '-' ELSE '' END || bq_bignumeric_digits(repeat('0', 39 - length(ltrim(s, '-'))) || ltrim(s, '-')))[1]`,
  ),
  macro('bq_bignumeric_to_float(x)', 'CAST(bq_bignumeric_to_text(x) AS DOUBLE)'),
  // Half away from zero: the digit behind the last decides.
  macro(
    'bq_digits_to_bignumeric(w, f)',
    `CAST(w || rpad(f, 38, '0') AS BIGNUM) + CAST(CASE WHEN substr(f, 39, 1) >= '5' THEN '1' ELSE '0' END AS BIGNUM)`,
  ),
  macro(
    'bq_text_to_bignumeric(s)',
    `CASE WHEN starts_with(ltrim(s), '-') THEN -(bq_digits_to_bignumeric(split_part(ltrim(trim(s), '+-'), '.', 1), split_part(ltrim(trim(s), '+-'), '.', 2))) ELSE bq_digits_to_bignumeric(split_part(ltrim(trim(s), '+-'), '.', 1), split_part(ltrim(trim(s), '+-'), '.', 2)) END`,
  ),

  macro(
    'bq_timestamp(us)',
    `CASE WHEN us BETWEEN -62135596800000000 AND 253402300799999999 THEN make_timestamp(us) WHEN us IS NULL THEN NULL ELSE error('Timestamp out of range: ' || us) END`,
  ),
  macro(
    'bq_bucket(us, o, w)',
    `CASE WHEN w <= 0 THEN error('The bucket width must be positive') ELSE bq_floor_divide(us - o, w) * w + o END`,
  ),
  macro(
    'bq_time(us)',
    `make_time(CAST(((us % 86400000000 + 86400000000) % 86400000000) // 3600000000 AS BIGINT), CAST((((us % 86400000000 + 86400000000) % 86400000000) // 60000000) % 60 AS BIGINT), (((us % 86400000000 + 86400000000) % 86400000000) % 60000000) / 1000000.0)`,
  ),
  macro(
    'bq_fraction(us)',
    `CASE WHEN us % 1000000 = 0 THEN '' WHEN us % 1000 = 0 THEN '.' || lpad(CAST(((us % 1000000 + 1000000) % 1000000) // 1000 AS VARCHAR), 3, '0') ELSE '.' || lpad(CAST((us % 1000000 + 1000000) % 1000000 AS VARCHAR), 6, '0') END`,
  ),
  macro('bq_datetime_text(t)', `strftime(t, '%Y-%m-%d %H:%M:%S') || bq_fraction(epoch_us(t))`),
  // DuckDB drops the offset of a text that becomes a TIMESTAMP without zone.
  macro(
    'bq_text_timestamp(s)',
    `CASE WHEN regexp_matches(s, ':[0-9]{2}(\\.[0-9]+)? ?[+-][0-9]') THEN make_timestamp(epoch_us(CAST(regexp_replace(s, ' ([+-])', '\\1') AS TIMESTAMPTZ))) ELSE CAST(s AS TIMESTAMP) END`,
  ),
  macro('bq_week(t)', `date_trunc('week', t + INTERVAL 1 DAY) - INTERVAL 1 DAY`),

  macro(
    'bq_element(a, i)',
    `CASE WHEN i < 1 OR i > len(a) THEN error('Array index is out of bounds') ELSE a[i] END`,
  ),
  macro('bq_safe_element(a, i)', 'CASE WHEN i < 1 THEN NULL ELSE a[i] END'),

  macro(
    'bq_series(a, b, s)',
    `CASE WHEN s = 0 THEN error('Sequence step cannot be 0.') ELSE generate_series(a, b, s) END`,
  ),
  macro(
    'bq_dates(a, b, n)',
    `list_transform(bq_series(CAST(a - DATE '1970-01-01' AS BIGINT), CAST(b - DATE '1970-01-01' AS BIGINT), n), lambda d: DATE '1970-01-01' + CAST(d AS INTEGER))`,
  ),
  macro(
    'bq_monthly(a, b, n)',
    `list_filter(list_transform(bq_series(CAST(0 AS BIGINT), date_diff('month', a, b) + sign(n), n), lambda m: CAST(a + to_months(CAST(m AS INTEGER)) AS DATE)), lambda d: CASE WHEN n > 0 THEN d <= b ELSE d >= b END)`,
  ),

  // Unicode's white space, as BigQuery's TRIM takes it away.
  macro(
    'bq_white_space()',
    `E' \\t\\n\\r\\x0b\\x0c' || chr(133) || chr(160) || chr(8199) || chr(8239) || chr(12288)`,
  ),
  macro('bq_counted(s, n)', `CASE WHEN n < 0 THEN error('The number cannot be negative') ELSE s END`),
  macro(
    'bq_lpad(s, n, f)',
    `CASE WHEN n < 0 OR f = '' THEN error('Invalid length or pattern of LPAD') ELSE lpad(s, CAST(n AS INTEGER), f) END`,
  ),
  macro(
    'bq_rpad(s, n, f)',
    `CASE WHEN n < 0 OR f = '' THEN error('Invalid length or pattern of RPAD') ELSE rpad(s, CAST(n AS INTEGER), f) END`,
  ),
  macro(
    'bq_json_value(j, p)',
    `CASE WHEN NOT json_valid(j) OR json_type(j, p) IN ('OBJECT', 'ARRAY', 'NULL') THEN NULL ELSE json_extract_string(j, p) END`,
  ),
  macro('bq_json_query(j, p)', `CASE WHEN json_valid(j) THEN CAST(json_extract(j, p) AS VARCHAR) END`),
  macro(
    'bq_json_values(j, p)',
    `CASE WHEN NOT json_valid(j) OR json_type(j, p) IS DISTINCT FROM 'ARRAY' THEN NULL WHEN len(list_filter(json_extract(j, p || '[*]'), lambda e: json_type(e) IN ('OBJECT', 'ARRAY'))) > 0 THEN NULL ELSE json_extract_string(j, p || '[*]') END`,
  ),
  macro(
    'bq_json_documents(j, p)',
    `CASE WHEN json_valid(j) AND json_type(j, p) = 'ARRAY' THEN CAST(json_extract(j, p || '[*]') AS VARCHAR[]) END`,
  ),
  macro(
    'bq_parse_json(t)',
    `CASE WHEN t IS NULL THEN NULL WHEN json_valid(t) THEN CAST(json(t) AS VARCHAR) ELSE error('Invalid input to PARSE_JSON: ' || t) END`,
  ),
  macro(
    'bq_json_type(j)',
    `CASE WHEN j IS NOT NULL THEN CASE json_type(j) WHEN 'OBJECT' THEN 'object' WHEN 'ARRAY' THEN 'array' WHEN 'VARCHAR' THEN 'string' WHEN 'BOOLEAN' THEN 'boolean' WHEN 'NULL' THEN 'null' ELSE 'number' END END`,
  ),
  jsonScalarMacro('int64', `json_type(j) IN ('BIGINT', 'UBIGINT')`, 'BIGINT'),
  jsonScalarMacro('float64', `json_type(j) IN ('BIGINT', 'UBIGINT', 'DOUBLE')`, 'DOUBLE'),
  jsonScalarMacro('bool', `json_type(j) = 'BOOLEAN'`, 'BOOLEAN'),
  jsonScalarMacro('string', `json_type(j) = 'VARCHAR'`, 'VARCHAR'),
  macro(
    'bq_json_of_int(i)',
    `CASE WHEN i BETWEEN -9007199254740992 AND 9007199254740992 THEN CAST(i AS VARCHAR) ELSE '"' || CAST(i AS VARCHAR) || '"' END`,
  ),
  // The shortest of 15 and 17 digits that reads back as the same number.
  macro(
    'bq_float_text(x)',
    `CASE WHEN CAST(printf('%.15g', x) AS DOUBLE) = x THEN printf('%.15g', x) ELSE printf('%.17g', x) END`,
  ),
  macro('bq_local(t, z)', `timezone(z, timezone('UTC', t))`),
  macro('bq_from_local(t, z)', `timezone('UTC', timezone(z, t))`),

  macro('bq_start(s, p)', `CASE WHEN p = 0 OR p < -length(s) THEN 1 ELSE p END`),
  macro('bq_substr(s, p)', 'substr(s, bq_start(s, p))'),
  macro(
    'bq_substr_length(s, p, n)',
    `CASE WHEN n < 0 THEN error('Third argument in SUBSTR() cannot be negative') ELSE substr(s, bq_start(s, p), n) END`,
  ),
];

/** The JSON value as a scalar of its own kind. */
function jsonScalarMacro(name: string, isKind: string, duckType: string): string {
  return macro(
    `bq_json_${name}(j)`,
    `CASE WHEN j IS NULL THEN NULL WHEN ${isKind} THEN CAST(json_extract_string(j, '$') AS ${duckType}) ELSE error('The provided JSON input is not of the type ${name.toUpperCase()}') END`,
  );
}

function macro(signature: string, body: string): string {
  return `CREATE OR REPLACE TEMP MACRO ${signature} AS (${body})`;
}
