import { patchFields } from '../../fixes/commands.js';
import { deploymentRef, podRef } from '../../rule/object-ref.js';
import { inTemplate } from '../../fixes/described.js';
import { DB_CONSULTS, waysOf, type DbLook, type Way } from '../../computed/database-ways.js';
import { field, logItem, observed } from '../../rule/seen.js';
import type { EvidenceItem } from '../../rule/diagnosis.js';
import type { HostAlias } from '../../evidence/pod-parts.js';
import { cause, type Told } from '../../rule/cause.js';
import { UNUSABLE } from './_follows.js';

export default cause({
  id: 'db/host-alias',
  topic: 'db',
  title: 'The pod template gives the database’s host another address',
  severity: 'error',
  why: 'hostAliases go into /etc/hosts of the containers, which counts before DNS: the pods connect to that address, whatever DNS says of the name',
  seen: 'spec.hostAliases of the pod has the host of the DATABASE_URL, and the way to the database ends there',
  remedy: 'take the host out of hostAliases in the pod template',
  explains: [
    'db/connection-refused',
    'db/timeout',
    'db/network-unreachable',
    'db/tls-rejected',
    'db/authentication-failed',
    'db/egress-blocked',
    ...UNUSABLE,
  ],
  reads: ['pods'],
  consults: DB_CONSULTS,
  judge(_, look) {
    const { context } = look;
    return waysOf(look).flatMap((way): Told[] => {
      const alias = aliasOf(way, look);
      if (alias === undefined || way.through) return [];
      const shown = shownBy(way, look);
      if (shown === undefined) return [];
      const { name } = way.pod.metadata;
      const template = deploymentRef(context.target);
      const isAll = (way.pod.spec.hostAliases ?? []).length === 1 && alias.others.length === 0;
      return [
        {
          verdict: 'confirmed',
          object: podRef(context.target, name),
          pods: [name],
          summary: `{pods}: hostAliases of the pod template give ${alias.host} the address ${alias.ip}, and the database is not there.`,
          evidence: [
            field(podRef(context.target, name), 'spec.hostAliases', `${alias.ip} ${alias.host}`),
            shown,
          ],
          fix: [
            inTemplate(
              context,
              'Let DNS say where the database is.',
              patchFields('deployment', template.name, {
                spec: {
                  template: {
                    // Entries are told apart by their address: another one stays as it is.
                    spec: { hostAliases: isAll ? null : [withoutHost(alias)] },
                  },
                },
              }),
            ),
          ],
          ruledOut: ['DNS'],
        },
      ];
    });
  },
});

interface Alias {
  ip: string;
  host: string;
  /** Names beside it, which keep the address. */
  others: readonly string[];
}

/** What takes its host out, laid over the list; the rest of it stays. */
function withoutHost({ ip, others }: Alias): object {
  return others.length === 0 ? { ip, $patch: 'delete' } : { ip, hostnames: others };
}

/** The entry that has the database's host; names are not case-sensitive. */
function aliasOf({ pod, host }: Way, look: DbLook): Alias | undefined {
  const secret = look.maybe('secret');
  const hosts = [...(host ? [host] : []), ...(secret.ok ? (secret.value?.databaseUrl?.hosts ?? []) : [])].map(
    (each) => each.host.toLowerCase(),
  );
  const of = ({ ip, hostnames = [] }: HostAlias) =>
    hostnames
      .filter((name) => hosts.includes(name.toLowerCase()))
      .map((host) => ({ ip, host, others: hostnames.filter((name) => name !== host) }));
  return (pod.spec.hostAliases ?? []).flatMap(of)[0];
}

/** What says that the way ends; undefined: nothing does. */
function shownBy({ pod, stop, logged }: Way, { context }: DbLook): EvidenceItem | undefined {
  const { name } = pod.metadata;
  if (stop)
    return observed(
      'measured inside the pod',
      podRef(context.target, name),
      `${stop.rung}: ${stop.error.text}`,
    );
  const [error] = logged.errors;
  return error && logItem(error.line, name, context.target, logged.run);
}
