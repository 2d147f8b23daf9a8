import { z } from 'zod';

// The content security policy forbids generated code, and browsers report even the attempt to find that out. This
// has to be said before the first schema is made, so everything else is loaded after it.
z.config({ jitless: true });
const { start } = await import('./app/start.tsx');
await start();
