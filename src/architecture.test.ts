import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect } from 'chai';
import { packageRoot } from './config/packageRoot.ts';

/**
 * From the core outwards: a folder may import from those before it. Folders of one row stand side
 * by side and leave each other alone, but for those in `neighbours`.
 */
const layers = [
  ['src/domain'],
  ['src/config', 'src/ops'],
  ['src/messaging', 'src/storage', 'stack'],
  ['src/engine', 'src/view'],
  ['consumers', 'producers'],
  ['src/replay'],
  ['src/verify', 'src/docs', 'src/api', 'src/why'],
  ['src/missing'],
  ['src/cli'],
];
/**
 * The settings know errors, logs know settings; an outbox row is a message with a place in a table;
 * a client that waits for outcomes sends and reads.
 */
const neighbours = [
  ['src/config', 'src/ops'],
  ['src/messaging', 'src/storage'],
  ['producers', 'consumers'],
];
/** Nothing of the product imports these; they may import anything. */
const users = ['bench', 'examples', 'migrations', 'src/testing'];

const skipped = new Set(['node_modules', 'dist', '.git', '.onhand', 'data']);
const files = filesIn('').map((path) => ({
  path,
  text: readFileSync(join(packageRoot, path), 'utf8'),
}));
const sources = files.filter(({ path }) => path.endsWith('.ts') && path.includes('/'));
const product = sources.filter(({ path }) => !path.endsWith('.test.ts') && !isUser(path));

function filesIn(folder: string): string[] {
  return readdirSync(join(packageRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : filesIn(path);
    return entry.isFile() && /\.(ts|mjs|js|json|avsc|sql|md|ya?ml|xml)$/.test(path) ? [path] : [];
  });
}

/**
 * The folder that counts: `src/engine` of `src/engine/lane/x.ts`, `consumers` of `consumers/x.ts`.
 */
function folderOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return first === 'src' ? `${first}/${second}` : first;
}

function isUser(path: string): boolean {
  return users.includes(folderOf(path));
}

function importsOf({ path, text }: { path: string; text: string }): string[] {
  const statements = text.matchAll(/^(?:(?:import|export|\}).* from|import) '([^']+)';$/gm);
  return [...statements].map(([, name = '']) => {
    return name.startsWith('.') ? normalize(join(dirname(path), name)) : name;
  });
}

/** Where a pattern occurs outside comments: `path:line`. */
function findings(among: typeof files, pattern: RegExp): string[] {
  return among.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const code = /^\s*(\/\/|\/?\*)/.test(line) ? '' : line;
      return pattern.test(code) ? [`${path}:${index + 1}`] : [];
    }),
  );
}

const outside = (...folders: string[]) =>
  product.filter(({ path }) => !folders.includes(folderOf(path)));

describe('architecture', () => {
  it('knows every folder', () => {
    const known = [...layers.flat(), ...users];
    const unknown = sources.map(({ path }) => folderOf(path)).filter((it) => !known.includes(it));
    expect([...new Set(unknown)]).to.deep.equal(['src/architecture.test.ts']);
  });

  it('imports point one way, towards the domain', () => {
    const rankOf = (folder: string) => layers.findIndex((layer) => layer.includes(folder));
    const wrong = product.flatMap((file) => {
      const from = folderOf(file.path);
      return importsOf(file)
        .filter((name) => name.endsWith('.ts'))
        .filter((name) => {
          const to = folderOf(name);
          if (to === from) return false;
          if (neighbours.some((pair) => pair.includes(from) && pair.includes(to))) return false;
          return isUser(name) || rankOf(to) >= rankOf(from);
        })
        .map((name) => `${file.path} imports ${name}`);
    });
    expect(wrong).to.deep.equal([]);
  });

  it('the domain imports nothing and reads no clock, no chance and no environment', () => {
    const domain = product.filter(({ path }) => folderOf(path) === 'src/domain');
    expect(domain).not.to.be.empty;
    const foreign = domain.flatMap(importsOf).filter((name) => !name.startsWith('src/domain/'));
    expect(foreign).to.deep.equal([]);
    const impure = /\b(Date|performance|process|Math\.random|crypto|setTimeout|console)\b/;
    expect(findings(domain, impure)).to.deep.equal([]);
  });

  it('only consumers/ reads topics', () => {
    const readers = outside('consumers', 'src/messaging', 'stack');
    expect(findings(readers, /\bcreateConsumer\(|\.consumer\(/)).to.deep.equal([]);
  });

  it('only producers/ writes topics', () => {
    expect(findings(outside('producers'), /\.producer\(/)).to.deep.equal([]);
  });

  it('only src/storage/ opens connections to MySQL, and src/verify/ one to look', () => {
    const openers = outside('src/storage', 'src/verify', 'stack');
    expect(findings(openers, /\bcreate(Connection|Pool|Knex)\(/)).to.deep.equal([]);
  });

  it('settings come from src/config/, not from the environment', () => {
    const readers = outside('src/config', 'stack').filter(({ path }) => {
      return path !== 'src/ops/faultPoint.ts';
    });
    expect(findings(readers, /\bprocess\.env\b/)).to.deep.equal([]);
  });

  it('files are short', () => {
    const long = sources.filter(({ text }) => text.split('\n').length > 301);
    expect(long.map(({ path }) => path)).to.deep.equal([]);
  });

  it('lines are no longer than 100 columns', () => {
    const wide = sources.flatMap(({ path, text }) =>
      text
        .split('\n')
        .flatMap((line, index) => (line.length > 100 ? [`${path}:${index + 1}`] : [])),
    );
    expect(wide).to.deep.equal([]);
  });

  it('no file only passes on what others export', () => {
    const barrels = sources.filter(({ text }) => {
      const statements = text.replace(/\/\*[^]*?\*\/|\/\/.*/g, '').trim();
      return /^export (\*|\{[^}]*\}|type \{[^}]*\}) from\b/m.test(statements);
    });
    expect(barrels.map(({ path }) => path)).to.deep.equal([]);
  });

  it('nothing is left to do or switched off', () => {
    const marks = ['TODO', 'FIXME', 'XXX'].map((mark) => `\\b${mark}\\b`).join('|');
    const others = sources.filter(({ path }) => path !== 'src/architecture.test.ts');
    const left = others.flatMap(({ path, text }) => {
      return new RegExp(`${marks}|\\b(it|describe)\\.(only|skip)\\(`).test(text) ? [path] : [];
    });
    expect(left).to.deep.equal([]);
  });

  it('no file names a place on the machine where it was written', () => {
    const home = /(?<![\w.}])\/(home|root|Users|work)\/\w/;
    const named = files.filter(({ text }) => text.split('\n').some((line) => home.test(line)));
    expect(named.map(({ path }) => path)).to.deep.equal([]);
  });
});
