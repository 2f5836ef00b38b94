/** What a fault is: how a person causes it, what they would see, and what `todo-k8s verify` must say. */
import { DATABASE_URL, script } from '../cluster.js';
import { BACKEND, type PodItem, type Stage } from '../stage.js';

export interface Fault {
  /** In a person's words; unique. */
  name: string;
  /** How it is caused, one after the other. */
  steps: Step[];
  /** What a person waits for before asking what is wrong. */
  symptom: Symptom;
  /** Ids of the checks that do not pass; blocked ones aside. */
  expect: { fail?: string[]; warn?: string[]; unknown?: string[] };
  /** In place of that, where a single request happens to meet the one pod that is not well. */
  byChance?: Fault['expect'];
  /**
   * What the doctor has to name first (an id as in `checks explain`); `null` where it must not name any, because each
   * failed check is its own root, or nothing is wrong.
   */
  cause: string | null;
  /** Causes of other faults that were put on it at the same time, in the order in which they have to be told. */
  beside?: readonly string[];
  /**
   * What it has to name it of: `Kind name`; `Pod`, which has to be one that is not well, where any is; `any Pod`;
   * `ReplicaSet` and `Namespace` without a name.
   */
  object?: string;
  /** What the chart does not put back by itself. */
  undo?: Step[];
  /** The lab's scenario of the same fault, and the checks that may say something else there, with the reason. */
  twin?: { scenario: string; differs?: Record<string, string> };
  /** Words that the first diagnosis has to say: names, numbers, what was said by others. */
  says?: readonly string[];
  /** Why the first fix, pasted, cannot heal here, where it is printed all the same. */
  notHealed?: string;
  /** Seconds that the pods of the healed Deployment may take; 120 unless said otherwise. */
  healsWithin?: number;
  /** Fields that the fix writes beside those that the fault has changed. */
  fixWrites?: RegExp;
  /** It touches more than its namespace, or needs processes of the cluster itself: nothing else runs meanwhile. */
  alone?: true;
  /** It needs what only the cluster of this folder has. */
  own?: true;
}

export interface Step {
  /** As it is written in docs/fault-results.md. */
  shown: string;
  run(stage: Stage): Promise<unknown>;
}

export interface Symptom {
  shown: string;
  /** Longest wait, seconds. */
  within: number;
  seen(stage: Stage): Promise<boolean>;
}

/** `helm upgrade` with these `--set` values. */
export function upgrade(...sets: string[]): Step {
  return {
    shown: `helm upgrade ${sets.map((set) => `--set ${set}`).join(' ')}`,
    run: (stage) => stage.upgrade(sets.flatMap((set) => ['--set', set])),
  };
}

/** `helm upgrade` with environment variables on the container: name, value, name, value. */
export function environment(...words: string[]): Step {
  const sets = words.flatMap((word, index) => {
    const entry = `backend.extraEnv[${Math.floor(index / 2)}]`;
    return index % 2 === 0 ? ['--set', `${entry}.name=${word}`] : ['--set-string', `${entry}.value=${word}`];
  });
  const shown = words.map((word, index) => (index % 2 === 0 ? `${word}=` : `${word} `)).join('');
  return {
    shown: `helm upgrade, with ${shown}in backend.extraEnv`,
    run: (stage) => stage.upgrade(sets),
  };
}

/** `helm upgrade` with another DATABASE_URL. */
export function databaseUrl(shown: string, change: (url: string) => string): Step {
  return {
    shown: `helm upgrade, DATABASE_URL ${shown}`,
    run: (stage) => stage.upgrade([], change(DATABASE_URL)),
  };
}

/** kubectl in the stage's namespace; the words of the command line are separated by single spaces. */
export function kubectl(command: string, input?: string): Step {
  return { shown: `kubectl ${command}`, run: (stage) => stage.kubectl(command.split(' '), input) };
}

/** A label on the stage's namespace; `name-` takes it away. */
export function labelNamespace(label: string): Step {
  return {
    shown: `kubectl label namespace ${label}`,
    run: (stage) => stage.kubectl(['label', 'namespace', stage.namespace, label]),
  };
}

/** `kubectl apply` of an object. */
export function apply(shown: string, object: object): Step {
  return {
    shown: `kubectl apply, ${shown}`,
    run: (stage) => stage.kubectl(['apply', '-f', '-'], JSON.stringify(object)),
  };
}

/** Writes one key of the Secret, as kubectl edit does: the pods keep what they have. */
export function secretKey(key: string, value: string | null, shown: string): Step {
  return {
    shown: `kubectl patch secret, ${key} ${shown}`,
    run: (stage) =>
      stage.kubectl([
        'patch',
        'secret',
        `${BACKEND}-secret`,
        '-p',
        JSON.stringify({ data: { [key]: value === null ? null : Buffer.from(value).toString('base64') } }),
      ]),
  };
}

/** Deletes one pod, as a drain or an eviction does; its successor meets the fault. */
export const deletePod: Step = {
  shown: 'kubectl delete pod (one of two)',
  run: async (stage) => {
    const [pod] = await stage.pods();
    await stage.kubectl(['delete', 'pod', pod?.metadata.name ?? '', '--wait=false']);
  },
};

/** A command in one pod. */
export function execInPod(...command: string[]): Step {
  return {
    shown: `kubectl exec (one of two) -- ${command.join(' ')}`,
    run: async (stage) => {
      const [pod] = await stage.pods();
      await stage.kubectl(['exec', pod?.metadata.name ?? '', '--', ...command]);
    },
  };
}

/** A command in every pod, in all of them at the same time. */
export function execInEachPod(...command: string[]): Step {
  return {
    shown: `kubectl exec (each pod) -- ${command.join(' ')}`,
    run: async (stage) => {
      const pods = await stage.pods();
      await Promise.all(pods.map(({ metadata }) => stage.kubectl(['exec', metadata.name, '--', ...command])));
    },
  };
}

/** One of the cluster's processes is paused, killed and so on. */
export function component(name: string, action: string): Step {
  return { shown: `${name}: ${action}`, run: () => script('component', [name, action]) };
}

/** Nothing to wait for: the object says it at once. */
export const atOnce: Symptom = { shown: 'none', within: 5, seen: () => Promise.resolve(true) };

/** A pod's container is in this waiting state. */
export function waiting(...reasons: string[]): Symptom {
  return podsShow(`a pod in ${reasons.join(' or ')}`, 150, (pods) =>
    pods.some(({ status }) => reasons.includes(status.containerStatuses?.[0]?.state.waiting?.reason ?? '')),
  );
}

/** A pod is Pending, and the scheduler says this of it. */
export function unschedulable(text: string): Symptom {
  return podsShow(`a pod Pending: ${text}`, 60, (pods) =>
    pods.some(({ status }) =>
      status.conditions?.some(({ type, message }) => type === 'PodScheduled' && message?.includes(text)),
    ),
  );
}

/** An event of the namespace says this. */
export function event(text: string, within = 90): Symptom {
  return {
    shown: `event “${text}”`,
    within,
    seen: async (stage) =>
      (await stage.events()).some(({ reason, message }) => `${reason}: ${message}`.includes(text)),
  };
}

/** The log of a pod says this. */
export function logs(text: string, within: number): Symptom {
  return {
    shown: `log “${text}”`,
    within,
    seen: async (stage) =>
      (await stage.kubectl(['logs', '-l', 'app.kubernetes.io/component=backend'])).includes(text),
  };
}

/** What `kubectl get pods` shows. */
export function podsShow(shown: string, within: number, test: (pods: PodItem[]) => boolean): Symptom {
  return { shown, within, seen: async (stage) => test(await stage.pods()) };
}

/** What asking verify takes at most on a busy machine. */
const NEEDED_MS = 9000;

/** Between two starts the container runs for a second or two; verify has to be asked while it waits for the next. */
export const crashed = podsShow('a pod in CrashLoopBackOff', 150, (pods) =>
  pods.some(({ status }) => {
    const { state, lastState } = status.containerStatuses?.[0] ?? {};
    const [, minutes = '0', seconds = '0'] =
      /^back-off (?:(\d+)m)?(\d+)s/.exec(state?.waiting?.message ?? '') ?? [];
    const ends =
      Date.parse(lastState?.terminated?.finishedAt ?? '') + (Number(minutes) * 60 + Number(seconds)) * 1000;
    return ends - Date.now() > NEEDED_MS;
  }),
);

/** A rollout is through: as many pods as wanted, all ready, all of the newest revision. */
export const rolledOut: Symptom = {
  shown: 'the rollout is complete',
  within: 240,
  seen: (stage) => stage.isRolledOut(),
};

/** Seconds since the container started; 0 while it does not run. */
export function runningSeconds({ status }: PodItem): number {
  const startedAt = status.containerStatuses?.[0]?.state.running?.startedAt;
  return startedAt === undefined ? 0 : (Date.now() - Date.parse(startedAt)) / 1000;
}

/** Seconds since the pod has become ready; 0 while it is not, or is about to end. */
export function readySeconds(pod: PodItem): number {
  const ready = pod.status.conditions?.find(({ type }) => type === 'Ready');
  return isReady(pod) ? (Date.now() - Date.parse(ready?.lastTransitionTime ?? '')) / 1000 : 0;
}

export function isReady({ metadata, status }: PodItem): boolean {
  return metadata.deletionTimestamp === undefined && status.containerStatuses?.[0]?.ready === true;
}
