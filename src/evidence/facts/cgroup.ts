import { mapLimited } from '../concurrency.js';
import type { CgroupFacts } from '../deep-facts.js';
import type { FactContext } from '../fact-context.js';
import { CGROUP_SECONDS, cgroupPrograms, parseCgroupOutput } from '../in-pod/cgroup.js';
import { requireExec, runInPod } from '../in-pod/run.js';
import { chosenFirst, CONCURRENT_PODS, MAX_PODS, notSampled } from './sample.js';

/** The control group of each pod's backend container, as it is seen from inside. */
export async function readCgroup(context: FactContext): Promise<CgroupFacts[]> {
  requireExec(context);
  const pods = await context.read('pods');
  const chosen = chosenFirst(pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined));
  const others = notSampled(chosen.length);
  const program = { programs: cgroupPrograms(), seconds: CGROUP_SECONDS, parse: parseCgroupOutput };
  return mapLimited(chosen, CONCURRENT_PODS, async (pod, index) => ({
    pod: pod.metadata.name,
    cgroup: index < MAX_PODS ? await runInPod(context, pod, program) : others,
  }));
}
