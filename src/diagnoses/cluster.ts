/** The steps that every topic begins with: whether the cluster can be asked at all, and whether its nodes work. */
import { rulesOf } from '../causes/index.js';
import { count } from '../count.js';
import { defineStep } from './step.js';
import { broken, good, skipped, unreadable } from './tree.js';

export const CLUSTER_HOP = defineStep({
  id: 'cluster',
  asks: 'Does the API server answer, and is the namespace there to stay?',
  proves: ['cluster/reachable'],
  reads: [],
  consults: ['server'],
  rulesOut: [],
  rules: rulesOf('cluster/unreachable', 'namespace/'),
  answer(_, { maybe }, findings) {
    const server = maybe('server');
    if (!server.ok) return broken('no answer', findings);
    return findings.length > 0
      ? broken('the namespace is being deleted', findings)
      : good(server.value.gitVersion, { ms: server.value.latencyMs });
  },
});

export const NODES_HOP = defineStep({
  id: 'nodes',
  asks: 'Do the nodes that matter to the backend work?',
  proves: ['cluster/nodes-ready'],
  reads: ['pods'],
  consults: ['nodes'],
  needs: ['cluster'],
  rulesOut: [],
  rules: rulesOf('cluster/node-'),
  answer(_, { maybe }, findings) {
    const nodes = maybe('nodes');
    if (findings.length > 0) return broken(`${findings.length} not there or not ready`, findings);
    if (nodes.ok) return good(`${count(nodes.value.length, 'node')} ready`);
    // Nodes are the cluster's: who may not look at them can still be told all about the backend's own objects.
    return nodes.why === 'forbidden' ? skipped(nodes.detail) : unreadable(nodes);
  },
});
