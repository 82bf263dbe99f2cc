// `npm start`: the service as the container runs it.
import { createLog } from '@freelancer-platform/shared/log.mjs';
import { numberSetting } from '@freelancer-platform/shared/settings.mjs';
import { createParts } from './parts.mjs';
import { startService } from './service.mjs';

const log = createLog({ level: process.env.LOG_LEVEL });
try {
  const port = numberSetting(process.env, 'PORT', { fallback: 8080, max: 65535 });
  const service = await startService(createParts(process.env, log), { port });
  const end = (signal) =>
    service.stop().then(
      () => process.exit(0),
      (error) => {
        log.error('service.stop_failed', { signal, error });
        process.exit(1);
      },
    );
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, end);
} catch (error) {
  log.error('service.start_failed', { error });
  process.exitCode = 1;
}
