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

  macro(
    'bq_timestamp(us)',
    `CASE WHEN us BETWEEN -62135596800000000 AND 253402300799999999 THEN make_timestamp(us) WHEN us IS NULL THEN NULL ELSE error('Timestamp out of range: ' || us) END`,
  ),
  macro('bq_week(t)', `date_trunc('week', t + INTERVAL 1 DAY) - INTERVAL 1 DAY`),

  macro('bq_start(s, p)', `CASE WHEN p = 0 OR p < -length(s) THEN 1 ELSE p END`),
  macro('bq_substr(s, p)', 'substr(s, bq_start(s, p))'),
  macro(
    'bq_substr_length(s, p, n)',
    `CASE WHEN n < 0 THEN error('Third argument in SUBSTR() cannot be negative') ELSE substr(s, bq_start(s, p), n) END`,
  ),
];

function macro(signature: string, body: string): string {
  return `CREATE OR REPLACE TEMP MACRO ${signature} AS (${body})`;
}
