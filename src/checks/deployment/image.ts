import { deploymentRef } from '../../rule/object-ref.js';
import { defineCheck, failUnlessEmpty, type Finding } from '../check.js';
import { absent } from '../shared.js';
import { patchContainer, setValues } from '../../fixes/commands.js';
import { isOpen } from '../../contract/open.js';
import { backendContainer } from '../../computed/template-container.js';
import { NO_CONTAINER } from '../shared.js';
import { normaliseRepository, parseImage } from '../../kube/image-reference.js';

type Message = 'invalid' | 'repository' | 'tag' | 'pull-policy';

export default defineCheck({
  meta: {
    id: 'deployment/image',
    title: 'Container runs the contract’s image with its pull policy',
    failureTitle: 'Container’s image or pull policy is not the contract’s',
    why: 'another image is another program, and with another pull policy an image loaded into Minikube is not found',
    remedy: (context) => {
      const { repository, tag, pullPolicy } = context.contract.backend.image;
      return setValues(
        context,
        patchContainer(context, { image: `${repository}:${tag}`, imagePullPolicy: pullPolicy }),
        `backend.image.repository=${repository}`,
        `backend.image.tag=${tag}`,
        `backend.image.pullPolicy=${pullPolicy}`,
      );
    },
    severity: 'error',
    reads: ['deployment'],
    needs: ['deployment/exists'],
    messages: {
      invalid: 'image {found} is not a valid image reference',
      repository: 'image repository is {found}',
      tag: 'image tag is {found}',
      'pull-policy': 'imagePullPolicy is {found}',
    },
    contractSection: 'Kubernetes Resources: Deployment, Pod Template; Image Configuration',
  },
  evaluate({ deployment }, { contract, target }) {
    if (!deployment) return absent(deploymentRef(target));
    const located = backendContainer(deployment, { contract, target });
    if (!located) return NO_CONTAINER;
    const { container, path } = located;
    const expected = contract.backend.image;
    const wanted = `${expected.repository}:${expected.tag}`;
    const findings: Finding<Message>[] = [];
    const add = (messageId: Message, want: string, found: string, field: string) =>
      findings.push({
        messageId,
        data: { expected: want, found, field: `${path}.${field}` },
        object: deploymentRef(target),
      });

    const open = (name: string) => isOpen(contract, `backend.image.${name}`);
    const image = parseImage(container.image ?? '');
    if (!image) {
      add('invalid', wanted, container.image ?? 'no image', 'image');
    } else {
      if (!open('repository') && image.repository !== normaliseRepository(expected.repository)) {
        add('repository', expected.repository, image.repository, 'image');
      }
      if (!open('tag') && image.tag !== expected.tag)
        add('tag', expected.tag, image.tag ?? `none, only digest ${image.digest}`, 'image');
    }
    // API default: Always for the tag latest, else IfNotPresent (core/v1 Container).
    const policy = container.imagePullPolicy ?? (image?.tag === 'latest' ? 'Always' : 'IfNotPresent');
    if (!open('pullPolicy') && policy !== expected.pullPolicy)
      add('pull-policy', expected.pullPolicy, policy, 'imagePullPolicy');
    return failUnlessEmpty(findings, `${container.image ?? ''}, ${policy}`);
  },
});
