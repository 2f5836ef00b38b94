import { getObject } from '../border/read.js';
import { object, text } from '../border/shape.js';
import type { ServerFacts } from '../evidence.js';
import type { FactContext } from '../fact-context.js';
import { KubernetesError } from '../kubernetes/client.js';

interface VersionInfo {
  major?: string;
  minor?: string;
  gitVersion?: string;
  platform?: string;
}

const versionShape = object<VersionInfo>({ major: text, minor: text, gitVersion: text, platform: text });

/** GET /version. */
export async function readServer(context: FactContext): Promise<ServerFacts> {
  const { client } = context;
  const begin = performance.now();
  const version = await getObject(context, '/version', versionShape, 'a part');
  const latencyMs = Math.round(performance.now() - begin);
  if (version?.gitVersion === undefined) {
    throw new KubernetesError(
      'unsupported',
      `The server at ${client.server} answers, but not as a Kubernetes API server: /version names no version.`,
    );
  }
  // Distributions append to the numbers: `33+`, `v1.33.4-gke.100`.
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version.gitVersion) ?? [];
  return {
    url: client.server,
    gitVersion: version.gitVersion,
    major: parseInt(major ?? version.major ?? '', 10) || 0,
    minor: parseInt(minor ?? version.minor ?? '', 10) || 0,
    platform: version.platform ?? '',
    latencyMs,
    insecureSkipTlsVerify: client.insecureSkipTlsVerify,
  };
}
