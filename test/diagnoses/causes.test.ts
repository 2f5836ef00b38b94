/** The causes as data: none is missing, none is named twice, and each says what a reader needs. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { EVERY_CHECK } from '../../src/checks/of-load-run.js';
import { names } from '../../src/rule/cause-data.js';
import type { Topic } from '../../src/rule/diagnosis.js';
import { CAUSES } from '../../src/causes/catalogue.js';
import { TREES } from '../../src/diagnoses/index.js';

/** The ids that are promised to users, by the topic that finds them. */
const PROMISED: Record<Topic, string> = {
  pods: `deployment/missing deployment/scaled-to-zero deployment/paused
    admission/quota-exceeded admission/pod-security admission/service-account-missing admission/limit-range
    scheduling/insufficient-cpu scheduling/insufficient-memory helm/selector-immutable pods/resize-pending scheduling/insufficient-resource scheduling/untolerated-taint scheduling/node-selector
    scheduling/cordoned scheduling/too-many-pods scheduling/volume
    image/not-found image/pull-denied image/registry-unreachable image/rate-limited image/invalid-name
    image/never-pull-missing image/local-image-pulled image/wrong-architecture
    config/secret-missing config/secret-key-missing config/configmap-missing config/configmap-key-missing
    config/runs-as-root volume/mount-failed node/sandbox-failed
    crash/command-not-found crash/import-error crash/startup-exception crash/missing-environment crash/port-in-use
    crash/read-only-filesystem crash/permission-denied crash/exits-cleanly crash/worker-loop crash/liveness-killed
    memory/oom-killed rollout/stuck`,
  db: `db/url-missing db/url-hardcoded db/url-malformed db/url-whitespace db/url-quoted db/url-double-encoded
    db/url-unescaped db/sslmode-missing db/sslmode-weak db/sslmode-invalid db/driver-mismatch db/dns-failure
    db/dns-wrong-host db/egress-blocked db/connection-refused db/timeout db/network-unreachable db/tls-required
    db/tls-rejected db/sni-missing db/authentication-failed db/database-missing db/schema-missing
    db/credentials-stale db/endpoint-disabled db/endpoint-not-found db/quota-exceeded db/ip-not-allowed db/waking
    db/connection-dropped db/too-many-connections db/pool-exhausted db/pooler-incompatible`,
  service: `service/missing service/wrong-type service/wrong-node-port service/selector-mismatch
    service/no-ready-endpoints service/target-port-mismatch service/bound-to-loopback service/ingress-blocked
    service/traffic-policy-local service/proxy-broken service/host-cannot-reach-node service/http-error
    cluster/unreachable minikube/stopped cluster/node-not-ready`,
  health: `health/not-listening-yet health/wrong-port health/wrong-path health/auth-required health/database-down health/database-replaced
    health/too-slow health/cpu-throttled health/bound-to-loopback health/flapping`,
  memory: `memory/oom-killed memory/limit-too-low memory/leak memory/skewed memory/near-limit memory/no-limit
    memory/child-killed memory/node-pressure memory/pool-too-large metrics/not-installed metrics/unavailable`,
};

const ids = CAUSES.map(({ id }) => id);
const decisions = readFileSync('docs/DECISIONS.md', 'utf8');

describe.each(TREES.map(({ topic }) => topic))('%s', (topic) => {
  test('every cause that is promised is there, or a decision says why it cannot be seen', () => {
    const missing = PROMISED[topic]
      .split(/\s+/)
      .filter((id) => !ids.includes(id) && !decisions.includes(`\`${id}\``));
    expect(missing).toEqual([]);
  });
});

test('ids are unique, among the checks’ too: checks explain takes both', () => {
  const all = [...ids, ...EVERY_CHECK.map(({ meta }) => meta.id as string)];
  expect(all.filter((id, index) => all.indexOf(id) !== index)).toEqual([]);
});

/** Groups whose causes are in a part of the program of their own. */
const topics = TREES.map(({ topic }) => topic);

test('what a cause explains exists', () => {
  const known = [...ids, ...EVERY_CHECK.map(({ meta }) => meta.id as string)];
  const promised = Object.entries(PROMISED).flatMap(([topic, list]) =>
    (topics as string[]).includes(topic) ? [] : list.split(/\s+/),
  );
  for (const { id, explains } of CAUSES) {
    const unknown = explains.filter(
      (pattern) => ![...known, ...promised].some((each) => names([pattern], each)),
    );
    expect({ id, unknown }).toEqual({ id, unknown: [] });
  }
});

test('no cause explains itself, and the texts are sentences without a full stop', () => {
  for (const { id, title, why, seen, remedy, explains } of CAUSES) {
    const byName = explains.filter((pattern) => !pattern.includes('*'));
    expect(names(byName, id)).toBe(false);
    for (const text of [title, why, seen, remedy])
      expect({ id, text }).toEqual({ id, text: expect.stringMatching(/^\S[^]*[^.\s]$/) });
    expect(title).toMatch(/^[A-Z“]|^metrics-server/);
  }
});
