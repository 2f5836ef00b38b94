// The step of action.yml that keeps one comment on the pull request: found by its first line, updated in place, else made.
// A comment that cannot be written is a warning: the job's result is that of the report.
import { readFileSync } from 'node:fs';

const { env } = process;
const TIMEOUT_MS = 20_000;
/** Comments a page, and pages that are looked through. */
const PAGE = 100;
const PAGES = 10;

const number = pullRequest();
if (number === undefined) say('notice', 'no pull request, so there is no comment');
else if (!env.TODO_K8S_MARKDOWN) say('warning', 'there is no report to comment with');
else {
  try {
    await keep(number, readFileSync(env.TODO_K8S_MARKDOWN, 'utf8'));
  } catch (error) {
    say('warning', `the comment could not be written: ${error.message}`);
  }
}

function pullRequest() {
  const event = env.GITHUB_EVENT_PATH ? JSON.parse(readFileSync(env.GITHUB_EVENT_PATH, 'utf8')) : {};
  return event.pull_request?.number ?? (event.issue?.pull_request ? event.issue.number : undefined);
}

async function keep(number, body) {
  const mark = body.split('\n', 1)[0];
  const comments = `/repos/${env.GITHUB_REPOSITORY}/issues`;
  for (let page = 1; page <= PAGES; page++) {
    const list = await api('GET', `${comments}/${number}/comments?per_page=${PAGE}&page=${page}`);
    // Who else writes such a first line does not get a comment of theirs replaced: only a bot's is ours.
    const found = list.find((each) => each.user?.type === 'Bot' && each.body?.split(/\r?\n/, 1)[0] === mark);
    if (found) return api('PATCH', `${comments}/comments/${found.id}`, { body });
    if (list.length < PAGE) break;
  }
  return api('POST', `${comments}/${number}/comments`, { body });
}

async function api(method, path, body) {
  const response = await fetch(`${env.GITHUB_API_URL ?? 'https://api.github.com'}${path}`, {
    method,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${env.TODO_K8S_TOKEN}`,
      'x-github-api-version': '2022-11-28',
    },
    body: body && JSON.stringify(body),
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (response.status === 403)
    throw new Error(`${method} is forbidden; the job needs permissions: {pull-requests: write}`);
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}`);
  return response.json();
}

function say(level, text) {
  console.log(`::${level}::todo-k8s: ${text.replace(/[\r\n]/g, ' ')}`);
}
