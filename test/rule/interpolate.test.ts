import { expect, test } from '@jest/globals';
import { templateText } from '../../src/rule/interpolate.js';

test.each([
  ['{url} answers {status}', 'URL answers STATUS'],
  ['{pod}: {part}, although', 'POD: PART, although'],
  ['its status is "{found}"', 'its status is "FOUND"'],
  ['(http://{host}:{nodePort}/)', '(http://HOST:NODE-PORT/)'],
  ['a health of {url} answers {status}{says}', 'a health of URL answers STATUS …'],
  ['not Ready ({found}){detail}', 'not Ready (FOUND) …'],
  ['{found}', 'FOUND'],
  ['nothing to fill', 'nothing to fill'],
  ['kubectl -o jsonpath={.items}', 'kubectl -o jsonpath={.items}'],
])('%s', (template, shown) => {
  expect(templateText(template)).toBe(shown);
});
