// A small XML reader for the tests of pictures: it refuses what is not well-formed.

export interface XmlNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (XmlNode | string)[];
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

function decode(text: string): string {
  if (/[<>]/.test(text)) throw new Error(`bare angle bracket in ${text}`);
  return text.replace(/&([^;]*);?/g, (whole, name: string) => {
    const char = ENTITIES[name];
    if (char === undefined || !whole.endsWith(";")) throw new Error(`bad entity ${whole}`);
    return char;
  });
}

/** The root element of a document of elements, attributes in double quotes, and text. */
export function parseXml(text: string): XmlNode {
  const root: XmlNode = { name: "", attributes: {}, children: [] };
  const open: XmlNode[] = [root];
  const token = /<(\/?)([A-Za-z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  let end = 0;
  for (let found = token.exec(text); found; found = token.exec(text)) {
    end = token.lastIndex;
    const [, closing, name = "", list = "", selfClosing, content] = found;
    const parent = open.at(-1) as XmlNode;
    if (content !== undefined) parent.children.push(decode(content));
    else if (closing) {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes nothing`);
    } else {
      const pairs = [...list.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, key, value]): [string, string] => [
        key as string,
        decode(value as string),
      ]);
      const attributes = Object.fromEntries(pairs);
      if (Object.keys(attributes).length !== pairs.length) throw new Error(`an attribute of <${name}> appears twice`);
      const node: XmlNode = { name, attributes, children: [] };
      parent.children.push(node);
      if (!selfClosing) open.push(node);
    }
  }
  if (end !== text.length || open.length !== 1) throw new Error(`not well-formed at ${text.slice(end, end + 40)}`);
  return root.children[0] as XmlNode;
}

/** All elements of a name, in document order. */
export function all(node: XmlNode, name: string): XmlNode[] {
  return node.children.flatMap((child) =>
    typeof child === "string" ? [] : [...(child.name === name ? [child] : []), ...all(child, name)],
  );
}

/** The text inside an element. */
export function textOf(node: XmlNode): string {
  return node.children.map((child) => (typeof child === "string" ? child : textOf(child))).join("");
}

export const texts = (node: XmlNode): string[] => all(node, "text").map(textOf);
