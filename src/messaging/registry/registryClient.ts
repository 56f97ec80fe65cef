import { z } from 'zod';
import { secretOf } from '../../config/secretFiles.ts';
import type { Settings } from '../../config/settings.ts';
import type { ErrorCode } from '../../ops/errorCodes.ts';
import { OperationalError, messageOf } from '../../ops/errors.ts';
import { inlineReferences } from './inlineReferences.ts';

export type RegistrySettings = Pick<
  Settings,
  'ONHAND_SCHEMA_REGISTRY_URL' | 'ONHAND_SCHEMA_REGISTRY_USER' | 'ONHAND_SCHEMA_REGISTRY_PASSWORD'
>;

const timeoutMs = 5000;
const mediaType = 'application/vnd.schemaregistry.v1+json';

const idAnswer = z.object({ id: z.number().int() });
const versionsAnswer = z.array(z.number().int());
const reference = z.object({ name: z.string(), subject: z.string(), version: z.number().int() });
/** A schema that is no Avro schema says of what type it is. */
const schemaAnswer = z.object({
  schema: z.string(),
  schemaType: z.string().optional(),
  references: z.array(reference).nullish(),
});
const versionAnswer = schemaAnswer.extend(idAnswer.shape);
const compatibilityAnswer = z.object({
  is_compatible: z.boolean(),
  messages: z.array(z.string()).optional(),
  reason: z.string().optional(),
});

/** A schema as a registry gives it out; what it references is in its place. */
export type RegisteredText = Omit<z.infer<typeof schemaAnswer>, 'references'>;

/** Schemas that one schema may reference, those of others included. */
const referencesMax = 200;

/**
 * A schema registry that speaks Confluent's HTTP interface. Every call throws a named error:
 * SCHEMA_REGISTRY_UNREACHABLE when nothing answers (within 5 seconds), SCHEMA_REGISTRY_REFUSED when
 * user or password are wrong, SCHEMA_REGISTRY_FAILED when the answer is of no use.
 */
export class RegistryClient {
  readonly url: string;
  readonly #settings: RegistrySettings;

  /** Throws CONFIG_INVALID when no registry is configured. */
  constructor(settings: RegistrySettings) {
    const { ONHAND_SCHEMA_REGISTRY_URL: url } = settings;
    if (url === undefined) {
      throw new OperationalError('CONFIG_INVALID', 'no schema registry is configured', {
        hint: 'Set ONHAND_SCHEMA_REGISTRY_URL.',
      });
    }
    this.url = url.replace(/\/+$/, '');
    this.#settings = settings;
  }

  /** Numbers of a subject's versions, in order; none when there is no such subject. */
  async versions(subject: string): Promise<number[]> {
    return (await this.#ask(versionsAnswer, `${subjectPath(subject)}/versions`)) ?? [];
  }

  async version(
    subject: string,
    version: number,
  ): Promise<(RegisteredText & { id: number }) | undefined> {
    const found = await this.#ask(versionAnswer, versionPath(subject, version));
    return found && { ...(await this.#whole(found)), id: found.id };
  }

  /** The schema that has this id, whatever its subject. */
  async schemaById(id: number): Promise<RegisteredText | undefined> {
    const found = await this.#ask(schemaAnswer, `/schemas/ids/${id}`);
    return found && this.#whole(found);
  }

  /** With the schemas that it references, and those that they do. */
  async #whole(found: z.infer<typeof schemaAnswer>): Promise<RegisteredText> {
    const { references, ...given } = found;
    if (!references?.length) return given;
    const referenced = new Map<string, string>();
    const asked = [...references];
    for (let next = asked.pop(); next; next = asked.pop()) {
      const { name, subject, version } = next;
      if (referenced.has(name)) continue;
      const one = await this.#ask(schemaAnswer, versionPath(subject, version));
      if (!one || referenced.size === referencesMax) {
        const what = one ? `more than ${referencesMax} schemas` : `${subject} version ${version}`;
        throw new OperationalError(
          'SCHEMA_REGISTRY_FAILED',
          `${this.url}: a schema references ${what}, which ${one ? 'is too much' : 'is not there'}`,
        );
      }
      referenced.set(name, one.schema);
      asked.push(...(one.references ?? []));
    }
    return { ...given, schema: inlineReferences(given.schema, referenced) };
  }

  /** Why the registry would not take a schema as the next version of a subject, if so. */
  async whyIncompatible(subject: string, schema: string): Promise<string | undefined> {
    const path = `/compatibility${subjectPath(subject)}/versions?verbose=true`;
    const answer = await this.#ask(compatibilityAnswer, path, { schema });
    if (answer?.is_compatible !== false) return undefined;
    return answer.messages?.join('; ') ?? answer.reason ?? 'it gives no reason';
  }

  /**
   * Registers a schema as a new version, unless it is one already; answers its id. Throws
   * SCHEMA_INCOMPATIBLE when the registry's rules are against it.
   */
  async register(subject: string, schema: string): Promise<number> {
    const answer = await this.#ask(idAnswer, `${subjectPath(subject)}/versions`, { schema });
    if (answer) return answer.id;
    throw new OperationalError('SCHEMA_REGISTRY_FAILED', `${this.url} registers no schemas`);
  }

  /** With the password as it is now. */
  #headers(): Record<string, string> {
    const { ONHAND_SCHEMA_REGISTRY_USER: user } = this.#settings;
    if (user === undefined) return { accept: mediaType };
    const password = secretOf(this.#settings, 'ONHAND_SCHEMA_REGISTRY_PASSWORD') ?? '';
    const credentials = Buffer.from(`${user}:${password}`).toString('base64');
    return { accept: mediaType, authorization: `Basic ${credentials}` };
  }

  /** The answer; undefined when the registry says that there is no such thing. */
  async #ask<T>(answer: z.ZodType<T>, path: string, body?: object): Promise<T | undefined> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.url + path, {
        headers: { ...this.#headers(), ...(body && { 'content-type': mediaType }) },
        signal: AbortSignal.timeout(timeoutMs),
        ...(body && { method: 'POST', body: JSON.stringify(body) }),
      });
      text = await response.text();
    } catch (error) {
      const reason = messageOf(error instanceof TypeError ? (error.cause ?? error) : error);
      throw new OperationalError('SCHEMA_REGISTRY_UNREACHABLE', `${this.url}: ${reason}`, {
        hint: 'Check ONHAND_SCHEMA_REGISTRY_URL, and that the registry runs.',
        cause: error,
      });
    }
    if (response.ok) {
      const parsed = answer.safeParse(parseJson(text));
      if (parsed.success) return parsed.data;
    }
    const isKnownError = typeof parseJson(text) === 'object';
    if (response.status === 404 && isKnownError) return undefined;
    throw this.#failure(response.status, path, text);
  }

  #failure(status: number, path: string, text: string): OperationalError {
    const [code, hint] = failures[status] ?? unexpected;
    const shown = text.slice(0, 300);
    return new OperationalError(code, `${this.url}${path} answers ${status}: ${shown}`, { hint });
  }
}

const unexpected: [ErrorCode, string] = [
  'SCHEMA_REGISTRY_FAILED',
  'Check that ONHAND_SCHEMA_REGISTRY_URL is the base of an interface like Confluent’s.',
];
const refused: [ErrorCode, string] = [
  'SCHEMA_REGISTRY_REFUSED',
  'Check ONHAND_SCHEMA_REGISTRY_USER and ONHAND_SCHEMA_REGISTRY_PASSWORD, and what they may do.',
];
const failures: Partial<Record<number, [ErrorCode, string]>> = {
  401: refused,
  403: refused,
  409: [
    'SCHEMA_INCOMPATIBLE',
    'The subject’s compatibility rule is against this schema. Was it registered by something else?',
  ],
};

function versionPath(subject: string, version: number): string {
  return `${subjectPath(subject)}/versions/${version}`;
}

function subjectPath(subject: string): string {
  return `/subjects/${encodeURIComponent(subject)}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
