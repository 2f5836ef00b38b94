import { defineCheck } from '../check.js';
import { judgeValue, setValue, VALUE_MESSAGES } from './_value.js';

export default defineCheck({
  meta: {
    id: 'config/environment-value',
    title: 'ENVIRONMENT has the value that the contract demands',
    failureTitle: 'ENVIRONMENT has a value that the contract does not allow here',
    why: 'the backend chooses its settings by it; a wrong one runs production with development’s, or the reverse',
    remedy: (context) => setValue(context, 'ENVIRONMENT', context.contract.allowed.environments),
    severity: 'error',
    reads: ['configMap'],
    needs: ['config/configmap'],
    messages: VALUE_MESSAGES,
    contractSection: 'Kubernetes Resources: ConfigMap; Configuration Parameters: Environment Configuration',
  },
  evaluate: ({ configMap }, context) =>
    judgeValue('ENVIRONMENT', context.contract.allowed.environments, configMap, context),
});
