/** A scenario: the healthy state and one thing that is wrong with it. */
import type { Manifests, World } from './world.js';

export interface Scenario {
  /** What is wrong, as a sentence without a full stop. */
  title: string;
  /** How it came about and what it does, for the person who looks at it; one or two sentences. */
  story: string;
  /** What `todo-k8s verify --lab=<name>` must say: ids of the checks that do not pass, blocked ones aside. */
  expect: { fail?: string[]; warn?: string[]; unknown?: string[] };
  /** Changes what Helm applied. */
  manifests?: (manifests: Manifests) => void;
  /** Changes what the cluster made of it. */
  world?: (world: World) => void;
}

export function defineScenario(scenario: Scenario): Scenario {
  return scenario;
}
