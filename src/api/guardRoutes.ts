import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { secretOf } from '../config/secretFiles.ts';
import type { Settings } from '../config/settings.ts';
import { messageOf } from '../ops/errors.ts';
import { ApiError } from './apiError.ts';

/**
 * For all routes that are added after it: every error is JSON `{code, message}`, and requests
 * carry the bearer token when ONHAND_HTTP_TOKEN is set, but for `/health` and the probes below it.
 */
export function guardRoutes(
  app: FastifyInstance,
  settings: Pick<Settings, 'ONHAND_HTTP_TOKEN'>,
): void {
  if (settings.ONHAND_HTTP_TOKEN) {
    app.addHook('onRequest', (request, _reply, done) => {
      const token = secretOf(settings, 'ONHAND_HTTP_TOKEN') ?? '';
      done(isOpen(request) || carries(request, token) ? undefined : missing());
    });
  }
  app.setNotFoundHandler(({ method, url }) => {
    throw new ApiError('NOT_FOUND', `there is no ${method} ${url.replace(/\?.*/, '')}`);
  });
  app.setErrorHandler((error: FastifyError, request, reply) => answer(error, request, reply));
}

function isOpen({ routeOptions: { url } }: FastifyRequest): boolean {
  return url === '/health' || (url?.startsWith('/health/') ?? false);
}

/** Compares digests, so that the time it takes tells nothing about the token, not its length. */
function carries({ headers }: FastifyRequest, token: string): boolean {
  const [, given = ''] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? [];
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function missing(): ApiError {
  return new ApiError('TOKEN_MISSING', 'this needs the header Authorization: Bearer TOKEN');
}

function answer(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = error instanceof ApiError ? error : knownOf(error);
  const { code, message, statusCode } = known;
  if (statusCode >= 500) {
    const reason = messageOf(known.cause ?? known);
    request.log.warn({ url: request.routeOptions.url, code, reason }, 'request failed');
  }
  if (code === 'TOKEN_MISSING') reply.header('www-authenticate', 'Bearer');
  return reply.code(statusCode).send({ code, message });
}

/** The framework's own refusals, and whatever else was thrown, of which callers learn nothing. */
function knownOf(error: FastifyError): ApiError {
  const { statusCode = 500 } = error;
  if (statusCode < 500) return new ApiError('REQUEST_INVALID', error.message);
  return new ApiError('INTERNAL', 'the request failed', { cause: error });
}
