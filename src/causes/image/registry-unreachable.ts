import { advise } from '../../fixes/described.js';
import { looksLocal } from '../../kube/image-reference.js';
import { NOT_TRUSTED } from '../../vocabulary/kubelet.js';
import { lastWords, load, pullCause, registryOf, rename, toContracts } from './_pull.js';

export default pullCause({
  id: 'image/registry-unreachable',
  title: 'The node cannot reach the registry',
  why: 'an image that is not on the node must be pulled, which takes a way from the node to the registry, and a certificate that it trusts',
  seen: 'ErrImagePull or ImagePullBackOff: no such host, i/o timeout, connection refused, x509',
  remedy:
    'fix the node’s network or DNS, or its trust in the registry’s certificate, or load the image into the node',
  what: ({ image, words }) =>
    NOT_TRUSTED.says.test(words)
      ? `the node does not trust the certificate of ${registryOf(image)}, so it cannot pull image ${image}, which it does not have: ${lastWords(words)}.`
      : `the node cannot reach ${registryOf(image)} to pull image ${image}, which it does not have: ${lastWords(words)}.`,
  fix: (pull, look) => {
    if (looksLocal(pull.image)) return [load(pull, look), rename(pull, look)];
    const trust = `Give the node’s container runtime the authority that signed it (containerd: /etc/containerd/certs.d/${registryOf(pull.image)}/hosts.toml), or a certificate that names ${registryOf(pull.image)} to the registry.`;
    return NOT_TRUSTED.says.test(pull.words)
      ? [...toContracts(pull, look), advise(trust), load(pull, look)]
      : [
          ...toContracts(pull, look),
          load(pull, look, 'Fix the node’s way to the registry (DNS, proxy, firewall), or load the image.'),
        ];
  },
});
