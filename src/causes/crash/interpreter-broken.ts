import { adviceOf, crashCause, said } from '../crashed.js';
import { without } from './_variables.js';

const REMEDY = 'take PYTHONHOME and PYTHONPATH out of the environment, or build the image again';

export default crashCause({
  id: 'crash/interpreter-broken',
  title: 'Python does not find its own standard library',
  why: 'PYTHONHOME or PYTHONPATH leads to a directory without it, or the image lacks a part of Python: no package of the application is missing',
  seen: 'No module named ‘encodings’ or ‘_ssl’, or Fatal Python error: init…',
  remedy: REMEDY,
  what: (end) => `Python does not find its own standard library: ${said(end)}`,
  fix(end, look) {
    const fix = without(end, look, 'PYTHONHOME', 'PYTHONPATH');
    return fix.length > 0 ? fix : [adviceOf(REMEDY)];
  },
});
