import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '../ui/tokens.css';
import { preferredLanguage, switchLanguage } from '../lib/i18n/language.ts';
import { Providers } from './providers.tsx';
import { router } from './router.tsx';

/** Puts the console on the page, in the language of its reader. */
export async function start(): Promise<void> {
  await switchLanguage(preferredLanguage(), false);
  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <Providers>
        <RouterProvider router={router} />
      </Providers>
    </StrictMode>,
  );
}
