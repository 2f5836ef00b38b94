/**
 * Words and turns that are not used where users or contributors read, each with what is said instead: the English of
 * Kubernetes' own documentation. ESLint holds the texts of src to it (eslint.config.js), test/docs/words.test.ts the pages.
 */

/** @type {{ pattern: string, instead: string }[]} regular expressions without flags */
export const WORDS = [
  { pattern: '\\b[Aa]new\\b', instead: 'again' },
  { pattern: '\\b[Hh]ops?\\b', instead: 'step' },
  { pattern: '\\b[Ff]or want of\\b', instead: 'for lack of, or because there is no …' },
  { pattern: '\\b[Ff]or ever\\b', instead: 'forever, or without end' },
  { pattern: '\\b[Ii]nside of\\b', instead: 'inside, or in' },
  { pattern: '\\b[Cc]ease[ds]?\\b', instead: 'stop' },
  { pattern: '\\b[Cc]omes? about\\b', instead: 'happen, or be created' },
  { pattern: '\\b(?:has|have) not (?:the|a|an)\\b', instead: 'does not have' },
  { pattern: '\\b[Hh]as no such\\b', instead: 'does not have' },
  { pattern: '\\b[Mm]end(?:s|ed|ing)?\\b', instead: 'fix' },
  { pattern: '\\b[Ss]hall\\b', instead: 'must, or will' },
  { pattern: '\\bis due\\b', instead: 'is expected' },
  { pattern: '\\b(?:thereof|whence|thither|hither|wherefore|naught|lest|upon)\\b', instead: 'plain words' },
  { pattern: '\\bcalled otherwise\\b', instead: 'has another name' },
  { pattern: '\\bgood end\\b', instead: 'succeed' },
  {
    pattern: '(?<![Tt]here |[Tt]his |[Ii]t )\\bis no (?!longer|more|other|reason|proof)',
    instead: 'is not a …',
  },
];

/** What belongs to the first application, and comes from contract and target everywhere else. */
export const LITERALS = '\\b(?:30081|8000)\\b|app\\.kubernetes\\.io/component';
