import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'A deployment that keeps the contract',
  story: 'Two ready replicas behind NodePort 30081, connected to their database.',
  expect: {},
});
