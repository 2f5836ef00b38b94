import { afterEach, expect, jest, test } from '@jest/globals';
import { Script } from 'node:vm';
import { optimiseAsUsual, optimiseLate } from '../src/late-optimisation.js';

let count = 100;
/** Another text of the same length each time: V8 remembers what it has compiled. */
const source = () => `function sum(a, b) { return a + b; } sum(1, ${(count += 1)})`;
const cachedData = new Script(source()).createCachedData();

/** V8 takes code only where its flags are those with which the code was made. */
const areFlagsUsual = () => new Script(source(), { cachedData }).cachedDataRejected === false;
const isNode20 = process.versions.v8.startsWith('11.');

afterEach(() => {
  jest.useRealTimers();
  optimiseAsUsual();
});

test('flags are V8’s own again as soon as the run is over', () => {
  expect(areFlagsUsual()).toBe(true);
  optimiseLate();
  expect(areFlagsUsual()).toBe(!isNode20);
  optimiseAsUsual();
  expect(areFlagsUsual()).toBe(true);
  optimiseAsUsual();
  expect(areFlagsUsual()).toBe(true);
});

test('a run of many pods is no short one', () => {
  optimiseLate();
  optimiseAsUsual({ pods: 49 });
  expect(areFlagsUsual()).toBe(!isNode20);
  optimiseAsUsual({ pods: 50 });
  expect(areFlagsUsual()).toBe(true);
});

test('nor is one that takes longer than a second', () => {
  jest.useFakeTimers();
  optimiseLate();
  jest.advanceTimersByTime(999);
  expect(areFlagsUsual()).toBe(!isNode20);
  jest.advanceTimersByTime(1);
  expect(areFlagsUsual()).toBe(true);
});
