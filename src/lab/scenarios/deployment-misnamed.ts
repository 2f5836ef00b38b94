import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'The Deployment has another name',
  story:
    'The chart was changed to call the Deployment todo-chatbot-api; everything else still expects the contract’s name.',
  expect: { fail: ['deployment/name'] },
  manifests({ deployment }) {
    deployment.metadata.name = 'todo-chatbot-api';
  },
});
