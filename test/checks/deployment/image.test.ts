import { describe, expect, test } from '@jest/globals';
import check from '../../../src/checks/deployment/image.js';
import type { Container } from '../../../src/evidence/objects.js';
import { judge } from '../../support/check-context.js';

const withContainer = (change: Partial<Container>) =>
  judge(check, ({ deployment }) => Object.assign(deployment.spec.template.spec.containers[0] ?? {}, change));

describe('deployment/image', () => {
  test('passes on the contract’s image', () => {
    expect(judge(check)).toMatchObject({ status: 'pass', text: 'todo-chatbot-backend:latest, IfNotPresent' });
  });

  test.each([
    'docker.io/library/todo-chatbot-backend:latest',
    'todo-chatbot-backend',
    'index.docker.io/library/todo-chatbot-backend',
  ])('%s is the same image', (image) => {
    expect(withContainer({ image }).status).toBe('pass');
  });

  test('fails on another tag, and on that alone', () => {
    const judged = withContainer({ image: 'todo-chatbot-backend:v9' });
    expect(judged).toMatchObject({ status: 'fail', ids: ['tag'], messages: ['image tag is v9'] });
    expect(judged.findings[0]?.data?.field).toBe('spec.template.spec.containers[0].image');
  });

  test('fails on another repository', () => {
    expect(withContainer({ image: 'localhost/todo-chatbot-backend:latest' })).toMatchObject({
      ids: ['repository'],
      messages: ['image repository is localhost/todo-chatbot-backend'],
    });
  });

  test('a digest without a tag is not the contract’s tag', () => {
    const judged = withContainer({ image: `todo-chatbot-backend@sha256:${'b'.repeat(64)}` });
    expect(judged).toMatchObject({ ids: ['tag'] });
    expect(judged.messages[0]).toMatch(/^image tag is none, only digest sha256:b/);
  });

  test('an absent pull policy is Always for latest, and IfNotPresent for the rest', () => {
    expect(withContainer({ imagePullPolicy: undefined })).toMatchObject({
      ids: ['pull-policy'],
      messages: ['imagePullPolicy is Always'],
    });
    const tagged = judge(check, ({ deployment }, contract) => {
      contract.backend.image.tag = '1.0';
      Object.assign(deployment.spec.template.spec.containers[0] ?? {}, {
        image: 'todo-chatbot-backend:1.0',
        imagePullPolicy: undefined,
      });
    });
    expect(tagged.status).toBe('pass');
  });

  test('shows what is no image reference as it is', () => {
    expect(withContainer({ image: 'Not An Image' })).toMatchObject({
      ids: ['invalid'],
      messages: ['image Not An Image is not a valid image reference'],
    });
    expect(withContainer({ image: undefined }).findings[0]?.data?.found).toBe('no image');
  });

  test('does not guess which of several containers is the backend', () => {
    const judged = judge(check, ({ deployment }) => {
      deployment.spec.template.spec.containers = [{ name: 'a' }, { name: 'b' }];
    });
    expect(judged).toMatchObject({ status: 'unknown' });
  });

  test('takes the only container when it is misnamed: that is one fault, not two', () => {
    expect(withContainer({ name: 'api' }).status).toBe('pass');
  });
});
