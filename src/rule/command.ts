/**
 * Command lines for people to paste. Each goes to the cluster that was looked at, and to the namespace of what it names,
 * whatever the shell that it is pasted into takes for its defaults.
 */

/** Options without which a pasted line would go elsewhere; each undefined where the shell's default leads there. */
export interface Shell {
  /** Name of a context. */
  context?: string | undefined;
  /** Path of a kubeconfig file. */
  kubeconfig?: string | undefined;
  /** Of a bundle that is judged in place of a cluster: arguments of `doctor`, words of a shell: ` --from bundle.tgz`. */
  bundle?: string | undefined;
  /** Further arguments of todo-k8s, words of a shell: ` --lab=crash-loop`. Each command takes the flags that it has. */
  own?: Readonly<Record<Following, string>> | undefined;
}

/** Commands of this program that others lead on to. */
export type Following = 'doctor' | 'loadbalance' | 'verify';

/** Where a command has its effect. `CheckContext` is one. */
export interface Place {
  target: {
    /** kubeconfig context, or `in-cluster`. */
    context: string;
    /** Of the objects. */
    namespace: string;
    /** Where Helm keeps the release; undefined: in the namespace of the objects. */
    releaseNamespace?: string | undefined;
    release: string | undefined;
  };
  shell?: Shell | undefined;
}

/** Where the contract has the chart. */
const CHART = './helm/todo-chatbot';

/** One word of a POSIX shell: as it is where that is safe, else in single quotes. */
export function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * @param rest what follows the options, words of a shell
 * @param namespace of what it is about; null for what has none
 */
export function kubectl(
  { target, shell = {} }: Place,
  rest: string,
  namespace: string | null = target.namespace,
): string {
  return [
    'kubectl',
    ...option('--context', shell.context),
    ...option('--kubeconfig', shell.kubeconfig),
    ...option('-n', namespace ?? undefined),
    rest,
  ].join(' ');
}

/** @param command such as `rollback`; the release follows it. @param rest what follows the options, words of a shell */
export function helm({ target, shell = {} }: Place, command: string, rest = ''): string {
  return [
    'helm',
    command,
    word(target.release ?? 'todo-chatbot'),
    ...(command.startsWith('upgrade') ? [CHART] : []),
    ...option('-n', target.releaseNamespace ?? target.namespace),
    ...option('--kube-context', shell.context),
    ...option('--kubeconfig', shell.kubeconfig),
    ...(rest === '' ? [] : [rest]),
  ].join(' ');
}

/**
 * Keeps what the release was given; what it was not given are the defaults of the chart that is there now (Helm 3.14 and later).
 * @param assignments `key=value` of Helm's --set
 */
export function helmUpgrade(place: Place, ...assignments: string[]): string {
  const sets = assignments.map((assignment) => ` --set ${word(assignment)}`).join('');
  return helm(place, 'upgrade', `--reset-then-reuse-values${sets}`);
}

/** Waits for the end of the backend's rollout, for two minutes at most. @param deployment its name */
export function rolloutStatus(place: Place, deployment: string): string {
  return kubectl(place, `rollout status deployment ${word(deployment)} --timeout=120s`);
}

/** A command of this program for the same target. @param rest what follows its name, such as `db --watch` */
export function todoK8s({ shell = {} }: Place, command: Following, rest = ''): string {
  return `todo-k8s ${command}${rest === '' ? '' : ` ${rest}`}${shell.own?.[command] ?? ''}`;
}

/** Why it does not work: asked of the same cluster, or of the recording that was judged. */
export function doctorCommand(place: Place): string {
  const bundle = place.shell?.bundle;
  return bundle === undefined ? todoK8s(place, 'doctor') : `todo-k8s doctor${bundle}`;
}

/** Gives the user whom the kubeconfig names the Role that todo-k8s needs; for an administrator. */
export function applyRole(place: Place): string {
  return `todo-k8s checks role -n ${word(place.target.namespace)} | ${kubectl(place, 'apply -f -', null)}`;
}

/** A command of Minikube's for the cluster, whose profile is called as its context. */
export function minikube({ target }: Place, command: string): string {
  const profile = target.context === 'minikube' ? '' : ` --profile ${word(target.context)}`;
  return `minikube ${command}${profile}`;
}

/** Puts an image of this machine onto the cluster's nodes, with the tool that the context's name gives away. */
export function loadImage(place: Place, image: string): string {
  const { context } = place.target;
  if (context.startsWith('kind-'))
    return `kind load docker-image ${word(image)} --name ${word(context.slice('kind-'.length))}`;
  if (context.startsWith('k3d-'))
    return `k3d image import ${word(image)} --cluster ${word(context.slice('k3d-'.length))}`;
  return minikube(place, `image load ${word(image)}`);
}

function option(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [name, word(value)];
}

/** Which programs of this machine listen at a URL's port. */
export function listenersCommand(url: string): string {
  const { port, protocol } = new URL(url);
  return `lsof -nP -iTCP:${port === '' ? (protocol === 'https:' ? '443' : '80') : port} -sTCP:LISTEN`;
}

/** The question of a browser before a page of another origin may send a request with a token. */
export function curlPreflight(url: string, origin: string): string {
  const headers = [`Origin: ${origin}`, 'Access-Control-Request-Method: POST'];
  return `curl -i -X OPTIONS ${headers.map((each) => `-H ${word(each)}`).join(' ')} -H 'Access-Control-Request-Headers: authorization' ${word(url)}`;
}
