import { advise } from '../../fixes/described.js';
import { PLAIN_TO_TLS } from '../../vocabulary/kubelet.js';
import { lastWords, load, pullCause, registryOf, toContracts } from './_pull.js';

export default pullCause({
  id: 'image/pull-failed',
  title: 'The image cannot be pulled',
  why: 'without its image the container is never made; the runtime’s own words say what is in the way',
  seen: 'ErrImagePull or ImagePullBackOff, in words that fit none of the known reasons',
  remedy: 'do what the message says, or load the image into the node',
  explains: [],
  what: ({ image, words }) => `image ${image} cannot be pulled: ${lastWords(words)}.`,
  fix: (pull, look) => [
    ...toContracts(pull, look),
    ...(PLAIN_TO_TLS.says.test(pull.words)
      ? [
          advise(
            `The registry speaks plain HTTP: tell the node’s container runtime (containerd: server = "http://${registryOf(pull.image)}" in /etc/containerd/certs.d/${registryOf(pull.image)}/hosts.toml; minikube start --insecure-registry), or give the registry a certificate.`,
          ),
        ]
      : []),
    load(pull, look),
  ],
});
