/**
 * How probable it is that some place stays empty when requests fall uniformly on places (the occupancy problem).
 * Computed by a recursion over the number of places hit: the textbook inclusion–exclusion sum cancels
 * catastrophically for many places, this one adds positive terms only.
 */

/** Below this the probabilities that one given place is empty may simply be added. */
const NEGLIGIBLE = 1e-12;

/** Index j: the probability that exactly j places have been hit. Nothing has been sent yet. */
function noneHit(places: number): number[] {
  return Array.from({ length: places + 1 }, (_, j) => (j === 0 ? 1 : 0));
}

/** The same after one request more. */
function oneMore(hit: readonly number[]): number[] {
  const places = hit.length - 1;
  return hit.map((stay, j) => (stay * j + (j === 0 ? 0 : (hit[j - 1] ?? 0) * (places - j + 1))) / places);
}

function someEmpty(hit: readonly number[]): number {
  return hit.slice(0, -1).reduce((sum, probability) => sum + probability, 0);
}

/**
 * The probability that at least one of `places` gets none of `requests`.
 * @param requests 0 or more
 * @param places 1 or more
 */
export function missProbability(requests: number, places: number): number {
  // The sum over the places overstates it by less than half its own square: nothing, where it is tiny.
  const sum = places * (1 - 1 / places) ** requests;
  if (sum < NEGLIGIBLE) return sum;
  let hit = noneHit(places);
  for (let sent = 0; sent < requests; sent += 1) hit = oneMore(hit);
  return someEmpty(hit);
}

/**
 * The least number of requests after which an empty place is no longer put down to chance.
 * @param places 1 or more
 * @param risk the accepted probability of a place left empty by chance, above 0 and below 1
 */
export function requestsToDecide(places: number, risk: number): number {
  let hit = noneHit(places);
  let sent = 0;
  for (; someEmpty(hit) > risk; sent += 1) hit = oneMore(hit);
  return sent;
}
