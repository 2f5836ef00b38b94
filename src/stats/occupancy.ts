/**
 * How probable it is that some place stays empty when requests fall uniformly on places (the occupancy problem).
 * Where many are expected to stay empty, the textbook inclusion–exclusion sum cancels catastrophically: there it is
 * computed by a recursion over the number of places hit, which adds positive terms only. Where few are, the sum is exact
 * to the last digits, and takes a few terms for any number of places.
 */

/** Below this the probabilities that one given place is empty may simply be added. */
const NEGLIGIBLE = 1e-12;

/** Empty places expected, above which the alternating sum loses digits: its largest term is about e to this power. */
const FEW = 2;

/** Empty places expected, above which it is certain that there is one, to the last digit of a double. */
const MANY = 40;

/** Probabilities of a number of places hit below this add nothing to a sum. */
const NOTHING = 1e-30;

/** The number of places that are expected to stay empty. */
function expectedEmpty(requests: number, places: number): number {
  return places * Math.exp(requests * Math.log1p(-1 / places));
}

/** The sum over k of the probabilities that k given places are empty, with alternating signs. */
function bySum(requests: number, places: number): number {
  let term = 1;
  let sum = 0;
  for (let k = 0; k < places; k += 1) {
    const left = places - k;
    // From k given places to k + 1: so many choices more, and every request misses one place more.
    term *= (left / (k + 1)) * Math.exp(requests * Math.log1p(-1 / left));
    sum += k % 2 === 0 ? term : -term;
    if (term < Number.EPSILON * sum) break;
  }
  return sum;
}

/** The distribution of the number of places hit, one request after the other. */
function byRecursion(requests: number, places: number): number {
  const hit = new Float64Array(places + 1);
  hit[0] = 1;
  let least = 0;
  for (let sent = 0; sent < requests; sent += 1) {
    const most = Math.min(sent + 1, places);
    for (let j = most; j >= Math.max(least, 1); j -= 1)
      hit[j] = ((hit[j] ?? 0) * j + (hit[j - 1] ?? 0) * (places - j + 1)) / places;
    if (least === 0) hit[0] = 0;
    while ((hit[least] ?? 0) < NOTHING && least < most) {
      hit[least] = 0;
      least += 1;
    }
  }
  return hit.subarray(0, places).reduce((sum, probability) => sum + probability, 0);
}

/**
 * The probability that at least one of `places` gets none of `requests`.
 * @param requests 0 or more
 * @param places 1 or more
 */
export function missProbability(requests: number, places: number): number {
  if (requests < places) return 1;
  const expected = expectedEmpty(requests, places);
  // It overstates the probability by less than half its own square: nothing, where it is tiny.
  if (expected < NEGLIGIBLE) return expected;
  if (expected <= FEW) return bySum(requests, places);
  // A place that is empty makes others less likely to be: the probability that none is, is below e to minus this.
  return expected > MANY ? 1 : byRecursion(requests, places);
}

/**
 * The least number of requests after which an empty place is no longer put down to chance.
 * @param places 1 or more
 * @param risk the accepted probability of a place left empty by chance, above 0 and below 1
 */
export function requestsToDecide(places: number, risk: number): number {
  // The more are sent, the less likely: halved until the first number is left that is enough.
  let tooFew = places - 1;
  let enough = places;
  while (isLikely(enough, places, risk)) {
    tooFew = enough;
    enough *= 2;
  }
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (isLikely(middle, places, risk)) tooFew = middle;
    else enough = middle;
  }
  return enough;
}

/** Whether an empty place may be chance. A bound from below settles most of it without the exact probability. */
function isLikely(requests: number, places: number, risk: number): boolean {
  const atLeast = 1 - Math.exp(-expectedEmpty(requests, places));
  return atLeast > risk || missProbability(requests, places) > risk;
}
