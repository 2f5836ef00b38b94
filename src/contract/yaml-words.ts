/** What the parser found wrong, in words that quote nothing: the line may hold a secret. */
import type { ErrorCode } from 'yaml';

export function explainYaml(code: ErrorCode): string {
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'a tab is used for indentation; expected spaces';
    case 'BAD_INDENT':
      return 'the indentation fits no level above (or a bracket above is not closed)';
    case 'MISSING_CHAR':
      return 'a closing quote, a bracket, a comma or a colon is missing';
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
    case 'KEY_OVER_1024_CHARS':
      return 'a mapping’s key must stand on one line, followed by a single value (is a quote missing?)';
    case 'BAD_DQ_ESCAPE':
      return 'unknown escape sequence in double quotes';
    case 'BAD_ALIAS':
    case 'ALIAS_PROPS':
    case 'MULTIPLE_ANCHORS':
      return 'an anchor or alias is malformed';
    case 'BAD_SCALAR_START':
      return 'a plain text cannot begin with this character; put it in quotes';
    case 'BLOCK_IN_FLOW':
      return 'indented blocks cannot stand inside brackets';
    case 'MULTIPLE_TAGS':
    case 'TAG_RESOLVE_FAILED':
    case 'BAD_DIRECTIVE':
      return 'a tag or directive is not understood';
    default:
      return 'unexpected text here';
  }
}
