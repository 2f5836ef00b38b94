import { backendContainer } from '../manifests.js';
import { defineScenario } from '../scenario.js';

export default defineScenario({
  title: 'Another image tag runs than the contract names',
  story:
    'Somebody set the image to todo-chatbot-backend:1.3.0 by hand. It runs, but it is not what was agreed.',
  expect: { fail: ['deployment/image'] },
  manifests(manifests) {
    backendContainer(manifests).image = 'todo-chatbot-backend:1.3.0';
  },
});
