import { describe, expect, test } from '@jest/globals';
import { DEFAULT_TEMPLATE, templateProblem, webhookBody } from '../../src/publish/message.js';
import { failWithBlocked, hostile, SAMPLES } from '../report/samples.js';

describe('what a webhook is sent', () => {
  test.each(Object.entries(SAMPLES))('%s: JSON whose only field is a text', (_, make) => {
    const body = JSON.parse(webhookBody(DEFAULT_TEMPLATE, make())) as Record<string, unknown>;
    expect(Object.keys(body)).toEqual(['text']);
  });

  test('names release and namespace, what it came to, and what does not pass', () => {
    const { text } = JSON.parse(webhookBody(DEFAULT_TEMPLATE, failWithBlocked())) as { text: string };
    expect(text.split('\n')[0]).toBe('todo-k8s verify: default/todo-chatbot (minikube) failed');
    expect(text).toMatch(/^fail /m);
  });

  test('nobody is called, and no link is made, by what a cluster says', () => {
    const report = hostile();
    report.target.release = '<!channel> <https://x|y> & "\n';
    const { text } = JSON.parse(webhookBody(DEFAULT_TEMPLATE, report)) as { text: string };
    expect(text).not.toMatch(/<[!@#h]/);
    expect(text).toContain('&lt;!channel&gt;');
  });

  test('a value cannot change the form of a template, nor be a placeholder itself', () => {
    const report = failWithBlocked();
    report.target.release = '", "channel": "#all {{next}}';
    const body = JSON.parse(
      webhookBody('{"text": "{{release}}", "blocks": [{"n": "{{ namespace }}"}]}', report),
    ) as object;
    expect(body).toEqual({ text: '", "channel": "#all {{next}}', blocks: [{ n: 'default' }] });
  });

  test('a dollar sign in a value is a dollar sign', () => {
    const report = failWithBlocked();
    report.target.release = "$& $1 $' $`";
    expect(JSON.parse(webhookBody('{"t": "{{release}}"}', report))).toEqual({ t: "$&amp; $1 $' $`" });
  });
});

describe('a template', () => {
  test.each([
    [DEFAULT_TEMPLATE],
    ['{"attachments": [{"color": "#f00", "text": "{{problems}}"}]}'],
    ['"{{result}}"'],
    ['{"code": {{exitCode}}, "text": "braces: } {"}'],
  ])('%s is one', (text) => {
    expect(templateProblem(text)).toBeUndefined();
  });

  test.each([
    ['', /not JSON/],
    ['hello {{release}}', /not JSON/],
    ['{"text": {{release}}}', /not JSON/],
    ['{"text": "{{verdict}}"}', /verdict.*none of command, context/],
    ['{"text": "{{ .Values.x }}"}', /Values/],
    ['{"text": "{{}}"}', /none of/],
  ])('%j is none', (text, why) => {
    expect(templateProblem(text)).toMatch(why);
  });
});
