import { test } from '@jest/globals';
test.todo('x');
