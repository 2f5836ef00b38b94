/**
 * kube-proxy's choice of a pod, as random as the real one within a run and the same in each: what a lab shows must not
 * change by chance, and ten requests leave one of two healthy pods without any once in 500 runs.
 */
export type Dice = (sides: number) => number;

/** Chosen so that no ten throws or more in a row of the first 200 look like a fault, with two pods or with three. */
const SEED = 2_592_835_032;

/** Marsaglia's xorshift: a throw is a whole number from 0 to below `sides`. */
export function newDice(): Dice {
  let state = SEED | 0;
  return (sides) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((state >>> 0) / 2 ** 32) * sides);
  };
}
