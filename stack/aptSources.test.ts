import { expect } from 'chai';
import { baseSource, formatAptSource, parseAptSources } from './aptSources.ts';

const stanzas = `# written by the installer
Types: deb deb-src
URIs: http://mirror.example/debian
# a comment inside
Suites: trixie trixie-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/security
Suites: trixie-security
Components: main
Enabled: no

Types: deb-src
URIs: http://mirror.example/sources
Suites: trixie
Components: main
`;

describe('parseAptSources', () => {
  it('reads stanzas: one source for each suite, disabled and source ones left out', () => {
    const signedBy = '/usr/share/keyrings/debian-archive-keyring.gpg';
    const common = { uri: 'http://mirror.example/debian', components: ['main', 'contrib'] };
    expect(parseAptSources('debian.sources', stanzas)).to.deep.equal([
      { ...common, suite: 'trixie', signedBy },
      { ...common, suite: 'trixie-updates', signedBy },
    ]);
  });

  it('keeps a key that is written into the stanza', () => {
    const key =
      '\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mDMEY\n -----END PGP PUBLIC KEY BLOCK-----';
    const place = 'Types: deb\nURIs: http://m.example/\nSuites: a\nComponents: main\n';
    const text = `${place}Signed-By:${key}\n`;
    const [source] = parseAptSources('own.sources', text);
    expect(source?.signedBy).to.equal(key.trim());
    const written = formatAptSource(source!, ['a', 'a-updates'], 'amd64');
    expect(parseAptSources('own.sources', written)).to.deep.equal([
      source,
      { ...source!, suite: 'a-updates' },
    ]);
  });

  it('reads lines, with and without options and comments', () => {
    const lines = `
# deb http://mirror.example/debian bookworm contrib
deb http://mirror.example/debian bookworm main contrib # the base
deb [ arch=amd64 signed-by=/etc/apt/keyrings/own.gpg ] https://own.example/apt stable main
deb-src http://mirror.example/debian bookworm main
`;
    expect(parseAptSources('sources.list', lines)).to.deep.equal([
      { uri: 'http://mirror.example/debian', suite: 'bookworm', components: ['main', 'contrib'] },
      {
        uri: 'https://own.example/apt',
        suite: 'stable',
        components: ['main'],
        signedBy: '/etc/apt/keyrings/own.gpg',
      },
    ]);
  });
});

describe('baseSource', () => {
  const source = (suite: string, components = ['main']) => {
    return { uri: `http://mirror.example/${suite}`, suite, components };
  };

  it('is the suite with the code name, not its updates or somebody else', () => {
    const sources = [source('stable'), source('bookworm-updates'), source('bookworm')];
    expect(baseSource(sources, 'bookworm')?.suite).to.equal('bookworm');
  });

  it('is the role of a rolling system that has no suite of that name', () => {
    expect(baseSource([source('unstable')], 'forky')?.suite).to.equal('unstable');
  });

  it('has the main component', () => {
    const sources = [source('noble', ['universe']), source('noble', ['main', 'restricted'])];
    expect(baseSource(sources, 'noble')?.components).to.include('main');
  });

  it('is missing where only other repositories are named', () => {
    expect(baseSource([source('nodistro')], 'bookworm')).to.equal(undefined);
  });
});
