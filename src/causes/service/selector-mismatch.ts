import { few } from '../../count.js';
import { fixesFrom } from '../../fixes/described.js';
import { deploymentRef, serviceRef } from '../../rule/object-ref.js';
import { field } from '../../rule/seen.js';
import { cause } from '../../rule/cause.js';
import { UNREACHED } from './_unreached.js';

export default cause({
  id: 'service/selector-mismatch',
  topic: 'service',
  title: 'The Service does not select the backend’s pods',
  severity: 'error',
  why: 'the Service leads to the pods that its selector matches, and to no other',
  seen: 'spec.selector has labels that the pods do not have, or that others have too',
  remedy: 'make the selector equal the Deployment’s matchLabels',
  explains: ['service/selector-matches', 'service/no-ready-endpoints', ...UNREACHED],
  reads: ['service', 'deployment'],
  judge({ service, deployment }, look) {
    const check = look.check('service/selector-matches');
    // An alias leads to no pod, whatever its selector says.
    if (!service || service.spec.type === 'ExternalName' || check?.status !== 'fail') return [];
    const { target } = look.context;
    const object = serviceRef(target);
    const labels = deployment?.spec.template.metadata?.labels ?? {};
    const evidence = check.findings.flatMap(({ messageId, data }) => {
      const path = String(data.field ?? 'spec.selector');
      const found = messageId === 'empty' ? 'no selector' : String(data.found ?? '');
      const key = String(data.key ?? '');
      const label = `spec.template.metadata.labels['${key}']`;
      return [
        field(object, path, found),
        ...(key === '' ? [] : [field(deploymentRef(target), label, labels[key] ?? 'absent')]),
      ];
    });
    return [
      {
        verdict: 'confirmed',
        object,
        summary: `Service ${object.name} does not select exactly the backend’s pods: ${few(check.findings.map(({ message }) => message))}.`,
        evidence,
        fix: fixesFrom('Make the selector equal the Deployment’s matchLabels.', check.fix),
      },
    ];
  },
});
