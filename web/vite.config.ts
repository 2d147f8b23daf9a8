import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = 'http://127.0.0.1:7788';

export default defineConfig({
  plugins: [react()],
  // Workspace packages are read from their sources, so that the console never shows a stale contract.
  resolve: { conditions: ['sluice-source', 'module', 'browser', 'development|production'] },
  build: {
    target: 'es2023',
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1200,
    // The server sends `default-src 'self'`: nothing may be inlined as a data: script or font.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // The parts of the kit do nothing by being loaded, though their packages don't say so: without this every
      // text field would bring the whole form library and its validator along.
      treeshake: { moduleSideEffects: [{ test: /node_modules[\\/]@rc-component[\\/]/, sideEffects: false }] },
      output: {
        codeSplitting: {
          groups: [
            // By itself, so that it can be set up before the first schema is made.
            { name: 'zod', test: /node_modules[\\/]zod[\\/]/ },
            {
              name: 'react',
              test: /node_modules[\\/](react|react-dom|scheduler|@tanstack[\\/](?!.*virtual)[^\\/]+)[\\/]/,
            },
            { name: 'editor', test: /node_modules[\\/](@codemirror|@lezer|codemirror)[\\/]/ },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      '/api': server,
      '/socket.io': { target: server, ws: true },
    },
  },
});
