import { serviceRef } from '../../rule/object-ref.js';
import { look } from '../../rule/fix.js';
import { defineCheck, pass, skip } from '../check.js';
import { isAbsent } from '../../contract/open.js';
import { failWith } from '../shared.js';
import {
  asProven,
  noResponse,
  OUTCOME_MESSAGES,
  UNANSWERED_PASSES,
  REDIRECT_MESSAGES,
  curl,
  responseData,
  showLogs,
  unexpectedRedirect,
  unreached,
} from './_http.js';

const MESSAGES = {
  ...OUTCOME_MESSAGES,
  ...REDIRECT_MESSAGES,
  'not-found':
    '{url} answers 404: the documentation is turned off, or the application runs under another root_path',
  'server-error': '{url} answers {status}',
  status: '{url} answers {status}',
  'content-type': '{url} answers with content type {found}',
  'not-swagger': '{url} answers with a page that is not Swagger UI',
};

export default defineCheck({
  meta: {
    id: 'functional/api-docs',
    title: 'API documentation is served',
    failureTitle: 'API documentation is not served',
    why: 'it is the contract’s proof that the application itself, and not something before it, serves this port',
    remedy: (context, findings) => [
      ...(findings[0]?.messageId === 'server-error'
        ? [look(showLogs(context))]
        : [
            look(
              curl(context, context.contract.http.docsPath, findings),
              '404: FastAPI(docs_url=…, openapi_url=…, root_path=…) moves it or turns it off',
            ),
          ]),
    ],
    severity: 'error',
    reads: ['route', 'docs'],
    needs: ['service/ports', 'service/selector-matches', 'pods/ready'],
    judgedAnyway: ({ route }) => route.via !== 'none',
    // Another port than the contract's may lead to it: what answers can be judged.
    despite: { needs: ['service/ports'], when: ({ route }) => route.via !== 'none' },
    messages: MESSAGES,
    passing: UNANSWERED_PASSES,
    contractSection: 'Functional Verification; Access Patterns: From Host Machine',
  },
  evaluate({ route, docs }, context) {
    if (isAbsent(context.contract, 'http.docsPath')) return skip('the contract wants no API documentation');
    const object = serviceRef(context.target);
    const expected = 'HTTP 200 with the HTML of Swagger UI';
    const missed =
      unreached(route) ?? noResponse(docs, expected, context) ?? unexpectedRedirect(docs, expected, context);
    if (missed) return missed;

    const { status = 0, contentType = 'none' } = docs;
    if (status !== 200) {
      const messageId = status === 404 ? 'not-found' : status >= 500 ? 'server-error' : 'status';
      return failWith(messageId, responseData(docs, expected, `HTTP ${status}`), object);
    }
    if (!/^\s*(text\/html|application\/xhtml\+xml)\b/i.test(contentType)) {
      return failWith('content-type', responseData(docs, expected, contentType), object);
    }
    // FastAPI's page has an element with this id and loads swagger-ui-bundle.js.
    if (!/swagger-ui/i.test(docs.body)) {
      return failWith(
        'not-swagger',
        responseData(docs, expected, docs.detail || 'a page without swagger-ui'),
        object,
      );
    }
    return asProven(route, pass('HTTP 200, Swagger UI'));
  },
});
