/** exec and port-forward through real WebSockets, without kubectl. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { asArgument, overStdin, type ProgramCall } from '../../src/evidence/in-pod/program.js';
import { targetsProgram } from '../../src/evidence/in-pod/targets.js';
import { startLab, type Lab } from '../../src/lab/lab.js';
import { openChannels, type Messages } from './support.js';

const POD = '/api/v1/namespaces/default/pods/todo-chatbot-backend-6d5f9c7b4d-2k4xp';
const DATABASE = 'ep-lab-meadow-a1b2c3.eu-central-1.aws.neon.example';

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.close());

interface Ran {
  stdout: string;
  stderr: string;
  status: { status: string; reason?: string; message?: string; details?: { causes: { message: string }[] } };
}

function execPath(argv: string[], streams = ['stdout', 'stderr'], pod = POD): string {
  const query = new URLSearchParams(argv.map((arg): [string, string] => ['command', arg]));
  for (const name of streams) query.set(name, 'true');
  return `${pod}/exec?${query.toString()}`;
}

async function finish({ channels, closed }: Messages): Promise<Ran> {
  await closed;
  const status = JSON.parse(channels.get(3) ?? '{}') as Ran['status'];
  return { stdout: channels.get(1) ?? '', stderr: channels.get(2) ?? '', status };
}

const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

async function run(target: Lab, argv: string[], protocols = PROTOCOLS): Promise<Ran> {
  return finish(await openChannels(target, execPath(argv), protocols));
}

/** As the tool runs its programs: what is sent over standard input leaves it open. */
async function runCall(target: Lab, { argv, stdin }: ProgramCall, protocols = PROTOCOLS): Promise<Ran> {
  const streams = ['stdout', 'stderr', ...(stdin === undefined ? [] : ['stdin'])];
  const session = await openChannels(target, execPath([...argv], streams), protocols);
  if (stdin !== undefined) session.socket.send(Buffer.concat([Buffer.of(0), Buffer.from(stdin)]));
  return finish(session);
}

describe('exec', () => {
  test('output, and an exit code of zero', async () => {
    expect(await run(lab, ['sh', '-c', 'echo "$ENVIRONMENT"; echo oops >&2'])).toEqual({
      stdout: 'development\n',
      stderr: 'oops\n',
      status: { metadata: {}, status: 'Success' },
    });
  });

  test('another exit code is told as the kubelet tells it', async () => {
    const { status } = await run(lab, ['sh', '-c', 'exit 3']);
    expect(status).toMatchObject({ status: 'Failure', reason: 'NonZeroExitCode' });
    expect(status.details?.causes).toEqual([{ reason: 'ExitCode', message: '3' }]);
  });

  test('v4 where the client knows no v5; none at all is refused', async () => {
    const session = await openChannels(lab, execPath(['true']), ['v4.channel.k8s.io']);
    expect(session.protocol).toBe('v4.channel.k8s.io');
    expect((await finish(session)).status.status).toBe('Success');
    await expect(openChannels(lab, execPath(['true']), ['v9.channel.k8s.io'])).rejects.toThrow(
      'none of the protocols',
    );
  });

  test('a program that the image does not have fails in runc’s words', async () => {
    const { status } = await run(lab, ['curl', 'localhost']);
    expect(status).toMatchObject({ status: 'Failure', reason: 'InternalError' });
    expect(status.message).toContain('exec: "curl": executable file not found in $PATH: unknown');
  });

  test('standard input, until its end', async () => {
    const session = await openChannels(lab, execPath(['sh'], ['stdin', 'stdout', 'stderr']), [
      'v5.channel.k8s.io',
    ]);
    session.socket.send(Buffer.from('\u0000echo one; false\necho $?'));
    session.socket.send(Buffer.from([255, 0]));
    const { stdout, status } = await finish(session);
    expect(stdout).toBe('one\n1\n');
    expect(status.status).toBe('Success');
  });

  test('standard input of one command, until its end', async () => {
    const session = await openChannels(lab, execPath(['cat'], ['stdin', 'stdout']), ['v5.channel.k8s.io']);
    session.socket.send(Buffer.from('\u0000one\nt'));
    session.socket.send(Buffer.from('\u0000wo'));
    session.socket.send(Buffer.from([255, 0]));
    expect(await finish(session)).toMatchObject({ stdout: 'one\ntwo', status: { status: 'Success' } });
  });

  test('what is sent as soon as the connection is open is not lost', async () => {
    const tries = Array.from({ length: 10 }, async (_, index) => {
      const session = await openChannels(lab, execPath(['sh'], ['stdin', 'stdout']), ['v5.channel.k8s.io']);
      session.socket.send(Buffer.from(`\u0000echo ${index}; exit\n`));
      return (await finish(session)).stdout;
    });
    expect(await Promise.all(tries)).toEqual(tries.map((_, index) => `${index}\n`));
  });

  test('a terminal: echo, prompt, Ctrl-D', async () => {
    const session = await openChannels(lab, execPath(['sh'], ['stdin', 'stdout', 'tty']), [
      'v5.channel.k8s.io',
    ]);
    session.socket.send(Buffer.from('\u0000hostnamex\u007f\r\u0004'));
    const { stdout } = await finish(session);
    expect(stdout).toBe('$ hostnamex\b \b\r\ntodo-chatbot-backend-6d5f9c7b4d-2k4xp\r\n$ ');
  });

  test('refusals: token, permission, pod, container', async () => {
    await expect(openChannels(lab, execPath(['true']), ['v5.channel.k8s.io'], 'wrong')).rejects.toThrow(
      /^401 .*Unauthorized/,
    );
    await expect(openChannels(lab, execPath(['true'], [], `${POD}x`), ['v5.channel.k8s.io'])).rejects.toThrow(
      /^404 /,
    );
    await expect(
      openChannels(lab, `${execPath(['true'])}&container=x`, ['v5.channel.k8s.io']),
    ).rejects.toThrow(/^400 /);
    const narrow = await startLab('forbidden-exec');
    await expect(openChannels(narrow, execPath(['true']), ['v5.channel.k8s.io'])).rejects.toThrow(
      /^403 .*cannot get resource \\"pods\/exec\\"/,
    );
    await narrow.close();
  });

  test('a container that does not run, and a node that is lost', async () => {
    const crashing = await startLab('crash-loop');
    const crashed = '/api/v1/namespaces/default/pods/todo-chatbot-backend-6d5f9c7b4d-m5t9z';
    await expect(
      openChannels(crashing, execPath(['true'], [], crashed), ['v5.channel.k8s.io']),
    ).rejects.toThrow(/^500 .*container not found/);
    await crashing.close();
    const lost = await startLab('node-not-ready');
    const gone = '/api/v1/namespaces/default/pods/todo-chatbot-backend-6d5f9c7b4d-b8w7q';
    await expect(openChannels(lost, execPath(['true'], [], gone), ['v5.channel.k8s.io'])).rejects.toThrow(
      /^500 .*error dialing backend: dial tcp 192\.168\.49\.3:10250: connect: no route to host/,
    );
    await lost.close();
  });
});

describe('the tool’s in-pod programs', () => {
  const targets = {
    names: ['todo-chatbot-backend', 'todo-chatbot-backend.default.svc.cluster.local', 'nowhere.example'],
    endpoints: [{ host: DATABASE, port: 5432 }],
  };
  const measure = async (
    scenario: string,
    tool: 'python3' | 'sh' = 'python3',
    way = overStdin,
    protocols = PROTOCOLS,
  ) => {
    const own = await startLab(scenario);
    const { stdout } = await runCall(own, way(targetsProgram(tool, targets)), protocols);
    await own.close();
    return stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };

  test.each([
    ['python3', 'over standard input', overStdin, PROTOCOLS],
    ['python3', 'over standard input that cannot be closed', overStdin, ['v4.channel.k8s.io']],
    ['python3', 'as an argument', asArgument, PROTOCOLS],
    ['sh', 'over standard input', overStdin, PROTOCOLS],
    ['sh', 'over standard input that cannot be closed', overStdin, ['v4.channel.k8s.io']],
    ['sh', 'as an argument', asArgument, PROTOCOLS],
  ] as const)('%s in a healthy pod, %s', async (tool, _, way, protocols) => {
    expect(await measure('healthy', tool, way, [...protocols])).toMatchObject([
      { kind: 'uid', uid: 1001 },
      { kind: 'process', uid: 1001 },
      { kind: 'dns', addresses: ['10.96.113.7'], error: null },
      { kind: 'dns', addresses: ['10.96.113.7'], error: null },
      { kind: 'dns', addresses: [], error: 'dns: Name or service not known' },
      { kind: 'tcp', host: DATABASE, port: 5432, connected: true },
      { kind: 'tls', answer: 'S' },
      { kind: 'end' },
    ]);
  });

  test.each([
    ['dns-broken', { connected: false, error: 'dns: Temporary failure in name resolution' }, 'not-tried'],
    ['egress-blocked', { connected: false, error: 'timeout: timed out', ms: 4000 }, 'not-tried'],
    ['database-down', { connected: false, error: 'refused: Connection refused' }, 'not-tried'],
    ['database-without-tls', { connected: true, error: null }, 'N'],
  ])('%s', async (scenario, tcp, answer) => {
    const lines = await measure(scenario);
    expect(lines.find(({ kind }) => kind === 'tcp')).toMatchObject(tcp);
    expect(lines.find(({ kind }) => kind === 'tls')).toMatchObject({ answer });
  });

  test.each(['python3', 'sh'] as const)('%s: without standard input nothing was received', async (tool) => {
    const { argv } = overStdin(targetsProgram(tool, targets));
    expect(await runCall(lab, { argv, stdin: undefined })).toMatchObject({
      stdout: '',
      status: { reason: 'NonZeroExitCode', details: { causes: [{ message: '97' }] } },
    });
  });

  test('runs as the user that the pod has', async () => {
    expect((await measure('runs-as-root'))[0]).toEqual({ kind: 'uid', uid: 0 });
  });

  test('an image without them', async () => {
    const bare = await startLab('image-without-python');
    for (const tool of ['python3', 'sh'] as const) {
      const { status } = await runCall(bare, overStdin(targetsProgram(tool, targets)));
      expect(status.message).toContain(`exec: "${tool}": executable file not found in $PATH`);
    }
    await bare.close();
  });
});

describe('port-forward with v4.channel.k8s.io', () => {
  test('carries a connection to the pod', async () => {
    const session = await openChannels(lab, `${POD}/portforward?ports=8000`, ['v4.channel.k8s.io']);
    session.socket.send(
      Buffer.from('\u0000GET /api/health HTTP/1.1\r\nhost: pod\r\nconnection: close\r\n\r\n'),
    );
    await session.closed;
    const data = session.channels.get(0) ?? '';
    // Each channel begins with its port, little-endian.
    expect(data.slice(0, 2)).toBe('\u0040\u001f');
    expect(data).toContain('HTTP/1.1 200 OK');
    expect(data).toContain('"pod":"todo-chatbot-backend-6d5f9c7b4d-2k4xp"');
  });

  test('a port that nothing listens on is an error on its error channel', async () => {
    const session = await openChannels(lab, `${POD}/portforward?ports=9`, ['v4.channel.k8s.io']);
    await new Promise<void>((resolve) =>
      session.socket.on('message', (data: Buffer) => data[0] === 1 && data.length > 3 && resolve()),
    );
    expect(session.channels.get(1)).toContain('connection refused');
    session.socket.terminate();
  });
});
