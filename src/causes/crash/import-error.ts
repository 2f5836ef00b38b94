import { change } from '../../diagnoses/fixes.js';
import { loadImage, word } from '../../rule/command.js';
import { crashCause } from '../crashed.js';
import { ownCommand } from '../own-command.js';

export default crashCause({
  id: 'crash/import-error',
  title: 'A Python module cannot be imported',
  why: 'the application ends before it serves: a dependency is not in the image, or the module’s name is wrong',
  seen: 'ModuleNotFoundError, ImportError, or Error loading ASGI app. Could not import module',
  remedy: 'add the package to the image’s requirements and build it again, or correct the module’s name',
  explains: ['db/other'],
  what({ sign, container: { spec } }) {
    const directory = spec?.workingDir === undefined ? '' : `; its working directory is ${spec.workingDir}`;
    return `the application ends before it serves, because a module cannot be imported: ${sign?.subject ?? 'see the log'}${directory}`;
  },
  fix(end, look) {
    const image = end.container.spec?.image ?? '';
    return [
      ...ownCommand(end, look),
      change(
        'Put the package into the image’s requirements, build it again, and load it.',
        `docker build -t ${word(image)} . && ${loadImage(look.context, image)}`,
      ),
    ];
  },
});
