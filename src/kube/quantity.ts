/** Kubernetes quantities compared by value: `1000m` is `1`, `1Gi` is `1024Mi` (apimachinery: resource.Quantity). */

const BINARY: Record<string, bigint> = {
  Ki: 2n ** 10n,
  Mi: 2n ** 20n,
  Gi: 2n ** 30n,
  Ti: 2n ** 40n,
  Pi: 2n ** 50n,
  Ei: 2n ** 60n,
};

/** Powers of ten. */
const DECIMAL: Record<string, number> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };

/** The API keeps nothing finer than nano. */
const NANO = 9;

/** Far beyond what the API can hold (2^63); keeps a hostile exponent from filling the memory. */
const MAX_EXPONENT = 60;
const MAX_LENGTH = 64;

const GRAMMAR = /^([+-]?)(\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d+)|([KMGTPE]i|[numkMGTPE]?))$/;

/** Thousands of pods have the same few of them. */
const known = new Map<string, bigint | undefined>();
const MAX_KNOWN = 1000;

/**
 * The value of a quantity.
 * @param text such as `500m`, `1.5Gi`, `1e9`
 * @returns nano-units, what is finer rounded away from zero as the API does; undefined when it is not a quantity
 */
export function parseQuantity(text: string): bigint | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  if (known.has(text)) return known.get(text);
  const value = parse(text);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(text, value);
  return value;
}

function parse(text: string): bigint | undefined {
  const match = GRAMMAR.exec(text);
  if (!match) return undefined;
  const [, sign = '', number = '', exponent, suffix = ''] = match;
  const power = exponent === undefined ? (DECIMAL[suffix] ?? 0) : Number(exponent);
  if (Math.abs(power) > MAX_EXPONENT) return undefined;
  const [whole = '', fraction = ''] = number.split('.');
  const digits = BigInt(whole + fraction) * (BINARY[suffix] ?? 1n);
  const scale = NANO + power - fraction.length;
  const nanos = scale >= 0 ? digits * 10n ** BigInt(scale) : divideUp(digits, 10n ** BigInt(-scale));
  return sign === '-' ? -nanos : nanos;
}

/** True when both are quantities of the same value. */
export function sameQuantity(a: string, b: string): boolean {
  const value = parseQuantity(a);
  return value !== undefined && value === parseQuantity(b);
}

function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}
