/** An OCI image as one archive, which `docker load`, `ctr images import`, `minikube image load` and skopeo read. */
import { createHash } from 'node:crypto';
import { tarOf } from './layer.js';

/** What the image says of itself: the `config` of the OCI image specification, and what the Dockerfile says. */
export interface ImageConfig {
  User: string;
  Env: string[];
  Entrypoint: string[];
  Cmd: string[];
  WorkingDir: string;
  Labels: Record<string, string>;
}

export interface Image {
  /** Of the manifest, by which the image is pulled: `sha256:…` */
  digest: string;
  /** The archive's bytes. */
  archive: Buffer;
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
/**
 * Not compressed: what zlib makes of the same bytes differs between its versions and between processors, and the digest
 * would with it. Who pushes the image compresses it then.
 */
const LAYER = 'application/vnd.oci.image.layer.v1.tar';

/**
 * @param name with registry and tag, such as `ghcr.io/todo-k8s/todo-k8s:1.0.0`
 * @param created RFC 3339; the same for the same sources, or the digest is another each time
 */
export function ociImage(
  name: string,
  architecture: string,
  config: ImageConfig,
  layers: readonly Buffer[],
  created: string,
): Image {
  const blobs = new Map<string, Buffer>();
  const blob = (mediaType: string, bytes: Buffer) => {
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const packed = layers.map((layer) => blob(LAYER, layer));
  const configuration = blob(
    CONFIG,
    json({
      architecture,
      os: 'linux',
      created,
      config,
      rootfs: { type: 'layers', diff_ids: packed.map(({ digest }) => digest) },
    }),
  );
  const manifest = blob(
    MANIFEST,
    json({ schemaVersion: 2, mediaType: MANIFEST, config: configuration, layers: packed }),
  );
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [
      {
        ...manifest,
        platform: { architecture, os: 'linux' },
        annotations: {
          'io.containerd.image.name': name,
          'org.opencontainers.image.ref.name': name.slice(name.lastIndexOf(':') + 1),
        },
      },
    ],
  };
  const file = (path: string, bytes: Buffer) => ({ path, type: 'File' as const, mode: 0o644, bytes });
  const archive = tarOf([
    file('oci-layout', json({ imageLayoutVersion: '1.0.0' })),
    file('index.json', json(index)),
    // For older versions of `docker load`, which do not read the index.
    file(
      'manifest.json',
      json([
        {
          Config: path(configuration.digest),
          RepoTags: [name],
          Layers: packed.map(({ digest }) => path(digest)),
        },
      ]),
    ),
    ...[...blobs].map(([digest, bytes]) => file(path(digest), bytes)),
  ]);
  return { digest: manifest.digest, archive };
}

function path(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`;
}

function json(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}
