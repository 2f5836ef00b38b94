import { defineCheck, failUnlessEmpty } from '../check.js';
import {
  absent,
  COMPONENT_LABEL,
  helmUpgrade,
  LABEL_MESSAGES,
  labelFindings,
  serviceRef,
} from '../shared.js';

export default defineCheck({
  meta: {
    id: 'service/labels',
    title: 'Service carries the standard Helm labels and the component label',
    failureTitle: 'Service lacks labels that the contract demands',
    why: 'label selectors in commands, dashboards and policies miss an object without them',
    remedy: (context) => {
      const { helm, release, namespace, names } = context.target;
      if (helm) return `${helmUpgrade(context)}   # with a chart that sets the standard labels`;
      const instance = release ? ` app.kubernetes.io/instance=${release}` : '';
      return `kubectl -n ${namespace} label service ${names.service} --overwrite ${COMPONENT_LABEL}=backend${instance}`;
    },
    severity: 'error',
    reads: ['service'],
    needs: ['service/exists'],
    messages: LABEL_MESSAGES,
    contractSection: 'Kubernetes Resources: Service',
  },
  evaluate({ service }, { target }) {
    const object = serviceRef(target);
    if (!service) return absent(object);
    return failUnlessEmpty(
      labelFindings(service.metadata.labels, target, object),
      `standard labels, component backend`,
    );
  },
});
