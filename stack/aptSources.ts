/** One place that packages come from: a suite of a mirror, with the key that signs it. */
export interface AptSource {
  uri: string;
  suite: string;
  components: string[];
  /** A keyring file, or the key itself; none means the system's trusted keys. */
  signedBy?: string;
}

/**
 * The binary package sources in one of apt's own files. `name` tells the format: stanzas in
 * `.sources`, one line each elsewhere. Disabled ones are left out.
 */
export function parseAptSources(name: string, text: string): AptSource[] {
  return name.endsWith('.sources') ? parseStanzas(text) : parseLines(text);
}

/**
 * The base suite of the running system: the one named by its code name, else (on a rolling one)
 * by its role. Updates, backports and other people's repositories are not it.
 */
export function baseSource(sources: AptSource[], codename: string): AptSource | undefined {
  const main = sources.filter(({ components }) => components.includes('main'));
  for (const suite of [codename, 'stable', 'testing', 'unstable', 'sid']) {
    const found = main.find((source) => source.suite === suite);
    if (found) return found;
  }
  return undefined;
}

/** A stanza for suites of that mirror and one architecture: the package index, nothing else. */
export function formatAptSource(source: AptSource, suites: string[], architecture: string): string {
  const lines = [
    'Types: deb',
    `URIs: ${source.uri}`,
    `Suites: ${suites.join(' ')}`,
    `Components: ${source.components.join(' ')}`,
    `Architectures: ${architecture}`,
    'Targets: Packages',
  ];
  if (source.signedBy !== undefined) lines.push(`Signed-By: ${source.signedBy}`);
  return lines.join('\n') + '\n';
}

function parseStanzas(text: string): AptSource[] {
  const withoutComments = text.replace(/^#.*\n?/gm, '');
  return withoutComments.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = new Map<string, string>();
    for (const [, key, value] of stanza.matchAll(/^([\w-]+):((?:.*)(?:\n[ \t].*)*)/gm)) {
      fields.set((key ?? '').toLowerCase(), (value ?? '').trim());
    }
    const words = (key: string) => (fields.get(key) ?? '').split(/\s+/).filter(Boolean);
    const off = /^(no|false|without|off|disable)$/i.test(fields.get('enabled') ?? 'yes');
    if (off || !words('types').includes('deb')) return [];
    const signedBy = fields.get('signed-by');
    return words('uris').flatMap((uri) =>
      words('suites').map((suite) => source(uri, suite, words('components'), signedBy)),
    );
  });
}

function parseLines(text: string): AptSource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (!match) return [];
    const [, options = '', uri = '', suite = '', components = ''] = match;
    const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(options)?.[1];
    return [source(uri, suite, components.split(/\s+/).filter(Boolean), signedBy)];
  });
}

function source(uri: string, suite: string, components: string[], signedBy?: string): AptSource {
  return { uri, suite, components, ...(signedBy ? { signedBy } : {}) };
}
