/** The page around a report: complete in itself, without a script, and forbidden to load anything. */
import { createHash } from 'node:crypto';
import { STYLE } from './style.js';

/**
 * An HTML document.
 *
 * Its policy (CSP) allows the one style sheet that is in it, known by its hash, and nothing else: no script, no image, no
 * request, no form, no `style` attribute. So even markup that slipped through could do nothing.
 * @param title escaped
 * @param body markup
 */
export function page(title: string, body: string): string {
  const hash = createHash('sha256').update(STYLE).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return [
    '<!DOCTYPE html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8" />',
    `<meta http-equiv="Content-Security-Policy" content="${policy}" />`,
    '<meta name="viewport" content="width=device-width, initial-scale=1" />',
    '<meta name="color-scheme" content="light dark" />',
    '<meta name="referrer" content="no-referrer" />',
    `<title>${title}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    body,
    '</body>',
    '</html>\n',
  ].join('\n');
}
