import { see } from '../../fixes/described.js';
import { kubectl } from '../../rule/command.js';
import { ingressCause } from './_ingress.js';

export default ingressCause({
  id: 'ingress/class-missing',
  is: 'class',
  title: 'The Ingress names a class that no controller takes',
  why: 'a controller takes the Ingresses of its own class alone: to all others this one is not there',
  seen: 'spec.ingressClassName, and the IngressClasses of the cluster; no class, and none is the default',
  remedy:
    'name the class of the controller that runs, or install its controller (minikube addons enable ingress)',
  fix: (_name, { context }) => [
    see(
      'Name one of these in spec.ingressClassName; without any, no controller is installed (minikube addons enable ingress).',
      kubectl(context, 'get ingressclasses', null),
    ),
  ],
});
