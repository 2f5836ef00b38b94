import { missingKey } from './_unmade.js';

export default missingKey('Secret');
