/** The gamma functions that a chi-square test rests on, in double precision. */

/** Coefficients of Lanczos' approximation with g = 7 and nine terms: about 15 significant digits for x > 0. */
const LANCZOS_G = 7;
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;

/** Relative size of a term below which a series or a fraction has settled. */
const SETTLED = 1e-16;
/** Stands in for a denominator of zero in the continued fraction. */
const TINY = 1e-300;

/** Natural logarithm of Γ(x). @param x greater than 0 */
export function logGamma(x: number): number {
  // The approximation is good from 0.5 upwards; Γ(x) = Γ(x + 1) / x reaches the rest.
  if (x < 0.5) return logGamma(x + 1) - Math.log(x);
  const z = x - 1;
  const sum = LANCZOS.reduce(
    (total, coefficient, index) => total + (index === 0 ? coefficient : coefficient / (z + index)),
    0,
  );
  const t = z + LANCZOS_G + 0.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

/**
 * Q(a, x): the regularised upper incomplete gamma function, a probability from 0 to 1.
 * The power series converges fast below x = a + 1, the continued fraction above it.
 * @param a greater than 0
 * @param x 0 or more
 */
export function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? 1 - front * lowerSeries(a, x) : front * upperFraction(a, x);
}

function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; term > sum * SETTLED; n += 1) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** Lentz's method on the continued fraction of Γ(a, x). */
function upperFraction(a: number, x: number): number {
  // In exact arithmetic the factors tend to 1; rounding may leave them one bit away from it forever.
  const terms = 10_000 + Math.ceil(Math.sqrt(a)) * 100;
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let value = d;
  for (let n = 1; n < terms; n += 1) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / orTiny(numerator * d + b);
    c = orTiny(b + numerator / c);
    const factor = c * d;
    value *= factor;
    if (Math.abs(factor - 1) < 4 * SETTLED) break;
  }
  return value;
}

function orTiny(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
