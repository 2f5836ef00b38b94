/** A strict reader of the XML 1.0 that reports are made of: no DTD, no namespaces. Throws on what is not well-formed. */
export interface XmlElement {
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  text: string;
}

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
// The characters that https://www.w3.org/TR/xml/#charsets allows.
const ILLEGAL = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

export function parseXml(source: string): XmlElement {
  if (ILLEGAL.test(source)) throw new Error('a character that XML 1.0 does not allow');
  let rest = source.replace(/^<\?xml version="1\.0"[^?]*\?>\s*/, '');
  const root: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const match = pattern.exec(rest);
    if (match) rest = rest.slice(match[0].length);
    return match;
  };
  while (rest !== '') {
    const top = open.at(-1) ?? root;
    let match: RegExpExecArray | null;
    if ((match = take(/^<!\[CDATA\[([\s\S]*?)\]\]>/))) top.text += match[1] ?? '';
    else if ((match = take(/^<\/([\w-]+)\s*>/))) {
      if (open.pop()?.name !== match[1]) throw new Error(`</${match[1]}> closes nothing`);
    } else if ((match = take(/^<([\w-]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>/))) {
      const attributes = Object.fromEntries(
        [...(match[2] ?? '').matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [
          key,
          decode(value),
        ]),
      );
      const element: XmlElement = { name: match[1] ?? '', attributes, children: [], text: '' };
      top.children.push(element);
      if (match[3] === '') open.push(element);
    } else if ((match = take(/^[^<]+/))) {
      if (match[0].includes(']]>')) throw new Error(']]> outside CDATA');
      top.text += decode(match[0]);
    } else throw new Error(`not well-formed at: ${rest.slice(0, 60)}`);
  }
  const [element] = root.children;
  if (!element || open.length !== 1 || root.children.length !== 1 || root.text.trim() !== '')
    throw new Error('not one whole element');
  return element;
}

function decode(text: string): string {
  return text.replace(/&([^;&]*;?)/g, (_, body: string) => {
    const name = body.slice(0, -1);
    const value = name.startsWith('#x') ? String.fromCodePoint(parseInt(name.slice(2), 16)) : ENTITIES[name];
    if (!body.endsWith(';') || value === undefined) throw new Error(`no entity: &${body}`);
    return value;
  });
}

/** All elements of that name, at any depth. */
export function elements(element: XmlElement, name: string): XmlElement[] {
  return [
    ...(element.name === name ? [element] : []),
    ...element.children.flatMap((child) => elements(child, name)),
  ];
}
