/** The small parts of a run: marks, pods' names in responses, the ledger, the samples. */
import { describe, expect, test } from '@jest/globals';
import { Ledger } from '../../src/load/ledger.js';
import { Nonce } from '../../src/load/nonce.js';
import { PodNames } from '../../src/load/pod-name.js';
import { sampleLines } from '../../src/report/loadbalance/samples.js';

const found = (nonce: Nonce, text: string) => {
  const indexes: number[] = [];
  nonce.scan(text, (index) => indexes.push(index));
  return indexes;
};

describe('marks', () => {
  test('are found in access lines, each with its number', () => {
    const nonce = new Nonce();
    const text = [0, 7, 123_456]
      .map((index) => `"GET ${nonce.target('/a?b=c', index)} HTTP/1.1" 200\n`)
      .join('');
    expect(text).toMatch(/\/a\?b=c&todo-k8s=/);
    expect(found(nonce, text)).toEqual([0, 7, 123_456]);
  });

  test('of another run are not', () => {
    expect(found(new Nonce(), new Nonce().target('/', 1) + ' ')).toEqual([]);
  });

  test('that the text cuts off are not: the number could go on', () => {
    const nonce = new Nonce();
    expect(found(nonce, nonce.target('/', 12))).toEqual([]);
    expect(found(nonce, nonce.target('/', 12).slice(0, -2))).toEqual([]);
  });
});

describe('pods’ names in responses', () => {
  const known = new Set(['pod-a', 'pod-b']);
  const names = (podHeader?: string, podField?: string) => new PodNames({ podHeader, podField }, known);
  const json = (body: object) => ({ head: '', body: JSON.stringify(body) });

  test('are found by themselves in fields and headers, if they are pods’ names', () => {
    const fields = names();
    expect(fields.nameIn(json({ host: 'localhost', hostname: 'pod-a' }))).toBe('pod-a');
    expect(fields.found).toBe('JSON field hostname');
    const headers = names();
    expect(headers.nameIn({ head: 'HTTP/1.1 200 OK\r\nX-Pod-Name:  pod-b \r\n', body: '' })).toBe('pod-b');
    expect(headers.found).toBe('header x-pod-name');
  });

  test('once the place is known a pod that was not there before is taken as well', () => {
    const fields = names();
    fields.nameIn(json({ pod: 'pod-a' }));
    expect(fields.nameIn(json({ pod: 'pod-new' }))).toBe('pod-new');
    expect(fields.nameIn(json({ pod: 'Not A Name\u001b[31m' }))).toBeUndefined();
    expect(fields.nameIn(json({}))).toBeUndefined();
  });

  test('are no longer looked for where responses have none', () => {
    const fields = names();
    for (let tries = 0; tries < 32; tries += 1) {
      expect(fields.wantsContent).toBe(true);
      fields.nameIn(json({ status: 'healthy', host: 'localhost' }));
    }
    expect(fields.wantsContent).toBe(false);
  });

  test('are taken from where the user says', () => {
    expect(names('X-Backend').nameIn({ head: 'HTTP/1.1 200 OK\r\nx-backend: pod-z\r\n', body: '' })).toBe(
      'pod-z',
    );
    expect(names(undefined, 'served').nameIn(json({ served: 'pod-y', pod: 'pod-a' }))).toBe('pod-y');
    expect(names(undefined, 'served').nameIn({ head: '', body: '{broken' })).toBeUndefined();
  });
});

describe('the ledger', () => {
  const reply = {
    outcome: 'response',
    status: 200,
    head: '',
    body: '',
    connectMs: 0.5,
    firstByteMs: 2,
    totalMs: 3,
  } as const;

  test('counts what is open, whichever of response and log line comes first', () => {
    const ledger = new Ledger(3);
    ledger.record(0, 0, reply);
    expect(ledger.unnamed).toBe(1);
    ledger.attribute(1, 'pod-a');
    ledger.record(1, 1, reply);
    expect(ledger.unnamed).toBe(1);
    expect(ledger.attribute(0, 'pod-b')).toBe(true);
    expect(ledger.unnamed).toBe(0);
    expect(ledger.attribute(0, 'pod-a')).toBe(false);
    expect(ledger.attribute(0, 'pod-b')).toBe(true);
    expect(ledger.countByPod()).toEqual([
      { pod: 'pod-a', requests: 1 },
      { pod: 'pod-b', requests: 1 },
    ]);
  });

  test('becomes lines of CSV', () => {
    const ledger = new Ledger(4);
    ledger.record(0, 0, reply);
    ledger.attribute(0, 'pod-a');
    ledger.record(2, 12.4, { ...reply, outcome: 'timeout', status: 0, firstByteMs: Number.NaN });
    expect([...sampleLines(ledger)].join('')).toBe(
      'request,at_ms,pod,outcome,status,connect_ms,first_byte_ms,total_ms\n' +
        '0,0,pod-a,response,200,0.500,2.003,2.999\n' +
        '2,12,,timeout,,0.500,,2.999\n',
    );
  });
});
