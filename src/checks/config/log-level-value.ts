import { defineCheck } from '../check.js';
import { judgeValue, setValue, VALUE_MESSAGES } from './_value.js';

export default defineCheck({
  meta: {
    id: 'config/log-level-value',
    title: 'LOG_LEVEL has the value that the contract demands',
    failureTitle: 'LOG_LEVEL has a value that the contract does not allow here',
    why: 'a level that the logger does not know stops the application at start, and another one hides or floods the log',
    remedy: (context) => setValue(context, 'LOG_LEVEL', context.contract.allowed.logLevels),
    severity: 'error',
    reads: ['configMap'],
    needs: ['config/configmap'],
    messages: VALUE_MESSAGES,
    contractSection: 'Kubernetes Resources: ConfigMap; Configuration Parameters: Environment Configuration',
  },
  evaluate: ({ configMap }, context) =>
    judgeValue('LOG_LEVEL', context.contract.allowed.logLevels, configMap, context),
});
