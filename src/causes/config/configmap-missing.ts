import { missingObject } from './_unmade.js';

export default missingObject('ConfigMap');
