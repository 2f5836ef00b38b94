import { patchContainer } from '../../fixes/commands.js';
import { change, inTemplate } from '../../fixes/described.js';
import type { End, EndLook } from '../../computed/container-ends.js';
import type { Fix } from '../../rule/diagnosis.js';
import { loadImage, word } from '../../rule/command.js';
import { crashCause } from '../crashed.js';
import { ownCommand } from '../own-command.js';

/** Where images keep the application, besides their working directory, which only the image knows. */
const APPLICATION =
  /^\/(?:app|code|srv|src|workspace|backend|opt\/app|usr\/src(?:\/app)?|home\/[^/]+(?:\/app)?)\/?$/;

export default crashCause({
  id: 'crash/import-error',
  title: 'A module that the program needs cannot be loaded',
  why: 'the application ends before it serves: a dependency (a module, class or library) is not in the image, its name is wrong, or a volume is mounted over the code',
  seen: 'ModuleNotFoundError, ImportError, or Error loading ASGI app. Could not import module; Cannot find module, ClassNotFoundException, cannot load such file',
  remedy: 'add the package to what the image installs and build it again, or correct the module’s name',
  explains: ['db/other'],
  what(end) {
    const { sign, container } = end;
    const { workingDir } = container.spec ?? {};
    const directory = workingDir === undefined ? '' : `; its working directory is ${workingDir}`;
    const over = mountOver(end);
    const volume =
      over && `; volume ${over.name} is mounted over ${over.mountPath} and hides what the image has there`;
    return `the application ends before it serves, because a module cannot be loaded: ${sign?.subject ?? 'see the log'}${volume ?? directory}`;
  },
  fix(end, look) {
    const image = end.container.spec?.image ?? '';
    return [
      ...unmounted(end, look),
      ...ownCommand(end, look),
      change(
        'Add the package to what the image installs, build it again, and load it.',
        `docker build -t ${word(image)} . && ${loadImage(look.context, image)}`,
      ),
    ];
  },
});

/** A volume in the place of the directory in which the application is. */
function mountOver({ container: { spec } }: End) {
  const own = spec?.workingDir?.replace(/\/+$/, '');
  return spec?.volumeMounts?.find(({ mountPath }) => {
    const path = mountPath.replace(/\/+$/, '');
    return (
      path !== '' && (own === undefined ? APPLICATION.test(path) : own === path || own.startsWith(`${path}/`))
    );
  });
}

function unmounted(end: End, { context }: EndLook): Fix[] {
  const over = mountOver(end);
  if (over === undefined || end.container.role !== 'backend') return [];
  const volumeMounts = [{ $patch: 'delete', mountPath: over.mountPath }];
  return [
    inTemplate(
      context,
      `Take the mount of volume ${over.name} at ${over.mountPath} out of the container: mount it beside the code.`,
      patchContainer(context, { volumeMounts }),
    ),
  ];
}
