import type { FastifyInstance } from 'fastify';
import type { HealthReport } from './healthReport.ts';

/** What the routes show. */
export interface OperatorView {
  health(): HealthReport;
  /** The metrics as they are now, in Prometheus' text form. */
  metrics(): Promise<{ contentType: string; text: string }>;
}

/**
 * What an operator sees over HTTP, for reading only: `/metrics`, `/health`, and the two probes
 * `/health/live` (the process turns) and `/health/ready` (503 with what is wrong).
 */
export function operatorRoutes(view: OperatorView): (app: FastifyInstance) => void {
  return (app) => {
    app.get('/metrics', async (_request, reply) => {
      const { contentType, text } = await view.metrics();
      return reply.type(contentType).send(text);
    });
    app.get('/health', () => view.health());
    app.get('/health/live', () => ({ live: true }));
    app.get('/health/ready', (_request, reply) => {
      const { ready, problems, warnings } = view.health();
      return reply.code(ready ? 200 : 503).send({ ready, problems, warnings });
    });
  };
}
