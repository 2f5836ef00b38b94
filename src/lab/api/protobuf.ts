/**
 * The two reviews that kubectl sends as protobuf, into the form that they have as JSON. No other message is read:
 * a field's number says what it is, as in the API's generated.proto files.
 */

/** Before each Kubernetes message: `k8s\0`, then a runtime.Unknown that carries kind and content. */
const MAGIC = Buffer.from('k8s\0');

const ATTRIBUTES = ['namespace', 'verb', 'group', 'version', 'resource', 'subresource', 'name'];

/** @returns undefined when the body is no Kubernetes protobuf */
export function parseReview(body: Buffer): { kind: string; spec: object } | undefined {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const unknown = fields(body.subarray(MAGIC.length));
  const kind = text(fields(unknown[1]?.[0])[2]);
  const spec = fields(fields(unknown[2]?.[0])[2]?.[0]);
  if (kind !== 'SelfSubjectAccessReview') return { kind, spec: {} };
  const [resource, nonResource] = [spec[1]?.[0], spec[2]?.[0]];
  return {
    kind,
    spec: {
      ...(resource ? { resourceAttributes: named(resource, ATTRIBUTES) } : {}),
      ...(nonResource ? { nonResourceAttributes: named(nonResource, ['path', 'verb']) } : {}),
    },
  };
}

/** A message of strings: the names of its fields 1, 2, … */
function named(message: Buffer, names: string[]): Record<string, string> {
  const found = fields(message);
  return Object.fromEntries(names.map((name, index) => [name, text(found[index + 1])]));
}

function text(values: Buffer[] | undefined): string {
  return values?.[0]?.toString('utf8') ?? '';
}

/** The length-delimited fields of a message by number; other kinds of field are skipped. */
function fields(message: Buffer | undefined): Record<number, Buffer[]> {
  const found: Record<number, Buffer[]> = {};
  if (message === undefined) return found;
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = message[at++] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return value >>> 0;
  };
  while (at < message.length) {
    const key = varint();
    const wireType = key & 7;
    if (wireType === 0) varint();
    else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else if (wireType === 2) {
      const end = varint() + at;
      (found[key >>> 3] ??= []).push(message.subarray(at, end));
      at = end;
    } else break;
  }
  return found;
}
