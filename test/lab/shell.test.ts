import { describe, expect, test } from '@jest/globals';
import { Store } from '../../src/lab/api/store.js';
import { ContainerView } from '../../src/lab/container-view.js';
import { install } from '../../src/lab/install.js';
import { healthyManifests } from '../../src/lab/manifests.js';
import { settle } from '../../src/lab/settle.js';
import { Shell } from '../../src/lab/shell.js';

const NOW = Date.parse('2026-02-09T14:05:00Z');
const installedAt = NOW - 1_800_000;

function run(script: string): { code: number; stdout: string; stderr: string } {
  const world = install(healthyManifests(installedAt), { now: NOW, installedAt, nodeAddress: '127.0.0.1' });
  const store = new Store();
  store.update(settle(world, { authority: 'CA', apiPort: 6443, installedAt }));
  const [pod] = world.pods;
  if (pod === undefined) throw new Error('no pod');
  const result = { code: 0, stdout: '', stderr: '' };
  const out = {
    stdout: (text: string) => (result.stdout += text),
    stderr: (text: string) => (result.stderr += text),
  };
  result.code = new Shell(new ContainerView(pod, world, store)).run(script, out, ['sh', 'first']);
  return result;
}

describe('the simulated shell', () => {
  test.each([
    ['echo a  b   c', 'a b c\n'],
    [`echo 'a  $HOSTNAME' "b  $LOG_LEVEL" c\\ d`, 'a  $HOSTNAME b  INFO c d\n'],
    ['echo ${ENVIRONMENT}ish $1 $0', 'developmentish first sh\n'],
    ['echo a $UNSET b', 'a b\n'],
    ['X=1; echo $X', '1\n'],
    ['true && echo yes || echo no', 'yes\n'],
    ['false && echo yes || echo no', 'no\n'],
    ['true || echo a && echo b', 'b\n'],
    ['false; echo $?', '1\n'],
    ['echo gone > /dev/null; echo kept', 'kept\n'],
    ['# a comment\necho after', 'after\n'],
    ['echo -n x; echo "say \\"hi\\""', 'xsay "hi"\n'],
    ['hostname', 'todo-chatbot-backend-6d5f9c7b4d-2k4xp\n'],
    ['id -u', '1001\n'],
    ['id', 'uid=1001(appuser) gid=1001(appuser) groups=1001(appuser)\n'],
    ['getent hosts todo-chatbot-backend', '10.96.113.7     todo-chatbot-backend\n'],
    ['cat /etc/hostname', 'todo-chatbot-backend-6d5f9c7b4d-2k4xp\n'],
    ['ls /app', 'app\nrequirements.txt\n'],
    ['printenv LOG_LEVEL', 'INFO\n'],
    ['sh -c "echo inner $1" && /bin/echo full', 'inner first\nfull\n'],
    ['', ''],
  ])('%j', (script, stdout) => {
    expect(run(script)).toEqual({ code: 0, stdout, stderr: '' });
  });

  test.each([
    ['exit 7; echo never', 7, ''],
    ['false', 1, ''],
    ['nosuch', 127, 'sh: 1: nosuch: not found\n'],
    ['nosuch 2>/dev/null', 127, ''],
    ['cat /nope', 1, 'cat: /nope: No such file or directory\n'],
    ['ls /nope', 2, "ls: cannot access '/nope': No such file or directory\n"],
    ['getent hosts nowhere', 2, ''],
    ['printenv NOPE', 1, ''],
    ["echo 'open", 2, 'sh: 1: Syntax error: Unterminated quoted string\n'],
    ['echo a | cat', 2, 'sh: 1: Syntax error: "|" unexpected (the lab’s shell does not know it)\n'],
    ['echo $(id)', 2, 'sh: 1: Syntax error: "$(" unexpected (the lab’s shell does not know it)\n'],
  ])('%j ends with %i', (script, code, stderr) => {
    expect(run(script)).toEqual({ code, stdout: '', stderr });
  });

  test('errors can be sent where output goes, and output where errors go', () => {
    expect(run('nosuch 2>&1')).toEqual({ code: 127, stdout: 'sh: 1: nosuch: not found\n', stderr: '' });
    expect(run('echo x >&2')).toEqual({ code: 0, stdout: '', stderr: 'x\n' });
  });

  test('env has what the ConfigMap and the Secret say', () => {
    const { stdout } = run('env');
    expect(stdout).toContain('\nENVIRONMENT=development\nLOG_LEVEL=INFO\n');
    expect(stdout).toMatch(/\nDATABASE_URL=postgresql:\/\/todo_owner:/);
    expect(stdout).toContain('\nHOME=/home/appuser\n');
  });
});
