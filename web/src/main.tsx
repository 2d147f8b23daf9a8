import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { z } from 'zod';
import './ui/tokens.css';
import { Providers } from './app/providers.tsx';
import { router } from './app/router.tsx';
import { preferredLanguage, switchLanguage } from './lib/i18n/language.ts';

// The content security policy forbids generated code, and merely trying it is reported by browsers.
z.config({ jitless: true });

await switchLanguage(preferredLanguage(), false);
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Providers>
      <RouterProvider router={router} />
    </Providers>
  </StrictMode>,
);
